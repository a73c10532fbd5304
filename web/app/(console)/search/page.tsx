const SearchPage = () => <h1>Search</h1>;
export default SearchPage;
