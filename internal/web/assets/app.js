// Telegram hands a Mini App its signed data in the fragment of the address.
const data = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
if (data) {
  document.getElementById("data").value = data;
  document.getElementById("login").submit();
} else {
  const say = document.getElementById("say");
  say.textContent = say.dataset.button;
}
