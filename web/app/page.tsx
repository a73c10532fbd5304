import { redirect } from "next/navigation";

const HomePage = () => redirect("/search");
export default HomePage;
