// Telegram hands a Mini App its signed data in the fragment of the address.
const data = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
if (data) {
  document.getElementById("data").value = data;
  document.getElementById("login").submit();
} else {
  document.getElementById("say").textContent = "Đề nghị đ/c mở bảng từ nút trong Telegram.";
}
