package messages

// Menu lists the commands a platform's menu shows, in the order people need them.
// What stands in label.menu.<command> says what it does. A command that is reached
// by buttons, or needed once a year, is left out: a menu is for the everyday.
func Menu() []string {
	return []string{
		"ondanh", "bangiao", "nhanca", "doica", "catoi", "aitruc", "lichtruc", "nhiemvu", "xong", "suco", "capnhat", "dssuco", "baocao", "hotline", "danhba", "bang",
		"vanban", "doichieu", "nhacviec", "lohong", "naplich", "maulich", "sotruc", "chuagui", "danhan", "chedobaocao", "maghep", "suckhoe", "caidat",
		"trogiup", "huy", "start", "ketnoi",
	}
}

// About is what a command of the menu does, in a few words; "" for one that is not in it.
func (c *Catalogue) About(lang, command string) string {
	key := "menu." + command
	if word := c.Label(lang, key); word != key {
		return word
	}
	return ""
}
