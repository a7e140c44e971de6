package dispatch

// compounds are words of two syllables that a title must not be cut within. Verbs
// of two syllables are in verbs. The list is of this field's words; for others the
// cut at a joining word usually decides before it is asked.
var compounds = newLexicon(`hệ thống, thông tin, phần mềm, phần cứng, dữ liệu, máy chủ, máy trạm, máy tính, thiết bị, tài khoản, mật khẩu, điện tử, điện thoại,
an toàn, an ninh, lỗ hổng, điểm yếu, mã độc, mã nguồn, độc hại, tấn công, sự cố, nguy cơ, rủi ro, cảnh báo, giả mạo, lừa đảo, thủ đoạn, thủ tục, cơ sở, hạ tầng, viễn thông,
đường truyền, đường dây, kết quả, tình hình, kế hoạch, phương án, phương tiện, phương thức, giải pháp, biện pháp, nhiệm vụ, nội dung, danh sách, danh mục, danh bạ, quy chế, quy định, quy trình,
pháp luật, pháp lý, hiện hành, hợp đồng, dịch vụ, doanh nghiệp, đơn vị, cơ quan, tổ chức, cá nhân, cán bộ, công chức, viên chức, nhân viên, nhân lực, nguồn lực, lực lượng, lãnh đạo, chỉ huy, thủ trưởng, chủ tịch,
nhân dân, người dân, học sinh, giáo viên, hội viên, đoàn viên, quần chúng, địa bàn, địa phương, khu vực, khu phố, trung tâm, văn phòng, văn bản, văn thư, công văn, công vụ, công tác, công việc, công an, công trình, công nghệ, công dân,
nhận thức, kỹ năng, kỹ thuật, kiến thức, chuyên môn, chuyên trách, trách nhiệm, thẩm quyền, chức năng, quyền hạn, không gian, mạng lưới, môi trường, vệ sinh, giao thông, trật tự, xã hội, kinh tế, văn hóa, chính trị, chính quyền,
nhà nước, quốc gia, quốc phòng, tổ quốc, quân sự, biên giới, hàng hóa, thị trường, giá cả, thực phẩm, dịch bệnh, y tế, bệnh viện, thuốc men, cứu hộ, cứu nạn, ứng cứu, ứng phó, tai nạn, nạn nhân, nguyên nhân, hậu quả, thiên tai, bão lũ, hồ chứa, tàu thuyền, tránh trú,
nguồn gốc, nguồn điện, thiết yếu, dự trữ, dự phòng, trực tuyến, trực tiếp, định danh, hồ sơ, chữ ký, bí mật, bảo mật, bản vá, phiên bản, sao lưu, thư điện, lịch trực, ca trực, quân số, bảng phân, phân loại, cấp độ, mức độ, phạm vi, quản trị, quản lý,
trang bị, trang thiết, trang phục, hội trường, trụ sở, kịch bản, diễn tập, tin giả, xấu độc, bỏ phiếu, bầu cử, chặt chẽ, đại sứ, sứ quán, nghiêm trọng, đột xuất, khẩn cấp, tại chỗ, đầy đủ, triệt để, kịp thời, tập trung, liên tục, thường xuyên, cháy nổ, phòng cháy, chữa cháy,
tiêu chuẩn, chất lượng, hiệu quả, tiến độ, thời gian, thời điểm, thời hạn, hàng năm, hàng tháng, hàng ngày, hằng ngày, hằng tháng, hằng tuần, hàng tuần, hằng quý, hằng năm, mặc định, đặc biệt, quan trọng, cần thiết, liên quan, có liên, điều kiện, chế độ, chính sách, đối tượng, đối với, người lao, lao động,
tuyên truyền, chuyển đổi, đổi số, hệ điều, điều hành, ứng dụng, nền tảng, tường lửa, tên miền, địa chỉ, chứng thư, chứng từ, xác thực, hai lớp, tin nhắn, bài viết, hình ảnh, khẩu hiệu, pa nô, băng rôn, cờ tổ, đèn chiếu, chiếu sáng, đường phố, vỉa hè, rác thải, cây xanh, sổ trực, ghi sổ, giao ca, điểm danh, khám chữa, chữa bệnh, cơ số, hộ nghèo, hộ gia, gia đình, chính sách, thương binh, liệt sĩ, tư vấn, hướng dẫn, đầu mối, đại diện, trưởng thôn, bí thư, tổ trưởng, chủ động, tham mưu, báo cáo, đề xuất, kiến nghị, vướng mắc, khó khăn, phản ánh, khiếu nại, tố cáo, tiếp dân, một cửa, công điện, chỉ thị, nghị quyết, quyết định, thông báo`)
