/* Searches the rows that need a person. The page says all it has to say without it. */
"use strict";
(function () {
  var form = document.getElementById("search");
  if (!form) return;
  var words = document.getElementById("words");
  var found = document.getElementById("found");
  var rows = Array.prototype.slice.call(document.querySelectorAll("#attention tbody tr"));
  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }
  var texts = rows.map(function (row) { return plain(row.textContent); });
  function search() {
    var wanted = plain(words.value).split(/\s+/).filter(Boolean);
    var shown = 0;
    rows.forEach(function (row, i) {
      var fits = wanted.every(function (word) { return texts[i].indexOf(word) >= 0; });
      row.hidden = !fits;
      if (fits) shown++;
    });
    found.textContent = wanted.length ? shown + " of " + rows.length + " rows" : "";
  }
  words.addEventListener("input", search);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.hidden = false;
})();
