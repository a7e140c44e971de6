package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/internal/redisdb"
)

// toolStore opens the store the settings name, for the tools beside the service:
// they need no door.
func toolStore(namespace string) (*redisdb.DB, redis.UniversalClient, Config, error) {
	cfg, faults := readSettings(os.Getenv)
	if err := errors.Join(faults...); err != nil {
		return nil, nil, cfg, usageError{fmt.Errorf("settings:\n%w", err)}
	}
	if namespace == "" {
		namespace = cfg.Namespace
	}
	if !namespaceForm.MatchString(namespace) {
		return nil, nil, cfg, usageError{fmt.Errorf("namespace %q: a-z, 0-9, - and _, at most 31 characters", namespace)}
	}
	opt, err := redisOptions(string(cfg.RedisURL))
	if err != nil {
		return nil, nil, cfg, usageError{err}
	}
	client := redis.NewUniversalClient(opt)
	db, err := redisdb.New(redisdb.Options{Client: client, Namespace: namespace, Log: zerolog.Nop()})
	if err != nil {
		return nil, nil, cfg, errors.Join(fmt.Errorf("open the store: %w", err), client.Close())
	}
	return db, client, cfg, nil
}

// leastPassphrase is the shortest passphrase a backup is signed with, in bytes.
const leastPassphrase = 12

func passphrase(cfg Config) (string, error) {
	if len(cfg.BackupKey) < leastPassphrase {
		return "", usageError{fmt.Errorf("TRUCBAN_BACKUP_KEY (or _FILE) is needed: a passphrase of at least %d characters, kept apart from the backups", leastPassphrase)}
	}
	return string(cfg.BackupKey), nil
}

type backupCmd struct {
	File string `arg:"" help:"File to write; it must not exist yet." placeholder:"FILE"`
}

// Run writes one signed, compressed file of the whole namespace as of one moment.
func (c backupCmd) Run(ctx context.Context, s streams) error {
	db, client, cfg, err := toolStore("")
	if err != nil {
		return err
	}
	defer closeQuietly(client, zerolog.Nop())
	pass, err := passphrase(cfg)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(c.File); !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("%s exists already; choose another name", c.File)}
	}
	f, err := os.CreateTemp(filepath.Dir(c.File), ".trucban-backup-*") // mode 0600: it holds names and phones
	if err != nil {
		return usageError{fmt.Errorf("write the backup: %w", err)}
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	info, err := db.Backup(ctx, f, pass)
	if err == nil {
		err = f.Sync()
	}
	size, _ := f.Seek(0, 1)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := os.Link(f.Name(), c.File); err != nil { // unlike a rename this never replaces a file
		return fmt.Errorf("write the backup: %w", err)
	}
	_, err = fmt.Fprintf(s.out, "%s: %d keys of %s as of %s, %d bytes, signed. It is not encrypted: it holds names and phone numbers.\n",
		c.File, info.Keys, info.Namespace, info.At.UTC().Format("2006-01-02T15:04:05Z"), size)
	return err
}

type restoreCmd struct {
	File string `arg:"" help:"Backup to read." type:"existingfile" placeholder:"FILE"`
	Into string `help:"Restore into this namespace instead of the one of the settings." placeholder:"NAMESPACE"`
}

// Run restores a backup into an empty namespace.
func (c restoreCmd) Run(ctx context.Context, s streams) error {
	db, client, cfg, err := toolStore(c.Into)
	if err != nil {
		return err
	}
	defer closeQuietly(client, zerolog.Nop())
	pass, err := passphrase(cfg)
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Clean(c.File))
	if err != nil {
		return usageError{fmt.Errorf("read the backup: %w", err)}
	}
	defer func() { _ = f.Close() }()
	info, err := db.Restore(ctx, f, pass)
	switch {
	case errors.Is(err, redisdb.ErrNotEmpty):
		return usageError{fmt.Errorf("%w; name an empty one with --into", err)}
	case errors.Is(err, redisdb.ErrBackupForm), errors.Is(err, redisdb.ErrBackupSigned):
		return usageError{err}
	case err != nil:
		return fmt.Errorf("restore: %w", err)
	}
	into := c.Into
	if into == "" {
		into = cfg.Namespace
	}
	_, err = fmt.Fprintf(s.out, "%d keys of %s as of %s are in %s. Stop the bot that ran on the old ones before this one starts.\n",
		info.Keys, info.Namespace, info.At.UTC().Format("2006-01-02T15:04:05Z"), into)
	return err
}
