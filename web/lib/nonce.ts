type WithNonce = { __webpack_nonce__?: string };

/** Lends this page's nonce to libraries that add style elements (scroll locks of dialogs); they look for it in this place. */
export const lendNonce = (): void => {
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
  if (nonce) (globalThis as WithNonce).__webpack_nonce__ = nonce;
};
