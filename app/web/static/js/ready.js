// When the page may be worked with: htmx takes forms over a moment after the browser has drawn them, and until then a
// button would make the browser leave the page. Without htmx it comes all the same, and buttons do just that.
export const ready = new Promise((resolve) => {
  addEventListener("load", () => setTimeout(resolve));
});
