//go:build !linux

package main

// claimSelf knows no process from its predecessor here: leases of a dead one run out.
func claimSelf(string) (self string, release func() error, err error) {
	return "", func() error { return nil }, nil
}
