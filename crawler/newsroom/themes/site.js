// Marks the page as having run scripts, puts lazy pictures in and opens the summary.
document.documentElement.dataset.scripts = "ran";
for (const picture of document.querySelectorAll("img[data-src], img[data-lazy-src]")) {
  picture.src = picture.dataset.src || picture.dataset.lazySrc;
}
for (const toggle of document.querySelectorAll(".summary-toggle")) {
  toggle.addEventListener("click", () => toggle.parentElement.classList.remove("collapsed"));
}
