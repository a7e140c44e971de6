package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// claimSelf locks the data folder and returns what tells this process from every
// other one that is alive: the lock's file on this boot of this machine. The kernel
// gives the lock back when its holder dies, however it dies, so whoever has it next
// is the successor. A folder another process uses, or a system that does not tell
// its boot, gives "": then nothing is taken over. Release gives the lock back.
func claimSelf(dir string) (self string, release func() error, err error) {
	none := func() error { return nil }
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id") // a system without it does not tell
	if len(boot) == 0 || dir == "" {
		return "", none, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", none, fmt.Errorf("make the data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", none, fmt.Errorf("lock the data folder: %w", err)
	}
	var st syscall.Stat_t
	if err := errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.Fstat(int(f.Fd()), &st)); err != nil {
		return "", none, f.Close()
	}
	return fmt.Sprintf("%s/%d/%d", strings.TrimSpace(string(boot)), st.Dev, st.Ino), f.Close, nil
}
