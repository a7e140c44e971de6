package redisdb

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"
)

// A backup is one file: a line that names the format and its version, a line of JSON that
// says what is inside, the namespace's keys as gzipped lines of JSON, and the HMAC-SHA256 of all
// of it under a key made of a passphrase. It is signed, not encrypted: whoever has the file
// reads names and telephone numbers.
const (
	backupMagic   = "trucban-backup 1\n"
	backupRounds  = 600_000 // PBKDF2-HMAC-SHA256, as OWASP advises
	backupMostKey = 256 << 20
)

// Faults of a backup file.
var (
	ErrBackupForm   = errors.New("this is no backup of this program, or of a newer one")
	ErrBackupSigned = errors.New("the backup was changed or made with another passphrase")
	ErrNotEmpty     = errors.New("the namespace is not empty")
	ErrRestoring    = errors.New("a restore into the namespace did not end: restore again")
)

// BackupInfo is what stands at the head of a backup.
type BackupInfo struct {
	Namespace string    `json:"namespace"`
	At        time.Time `json:"at"`     // the shared clock; everything is as of this moment
	Schema    string    `json:"schema"` // version of the stored layout
	Keys      int       `json:"keys"`
	Salt      []byte    `json:"salt"`
}

// backupKey is one key: Value holds one element for a string, else as dump.lua says.
type backupKey struct {
	Key   string   `json:"k"` // without the namespace
	Type  string   `json:"t"`
	Until int64    `json:"e,omitempty"` // when it expires, UTC ms; 0: never
	Value [][]byte `json:"v"`
}

// Backup writes the namespace as it stands at one moment, signed with the passphrase. Redis
// answers nobody else while it is read; BenchmarkBackup says how long that is.
func (db *DB) Backup(ctx context.Context, w io.Writer, passphrase string) (BackupInfo, error) {
	r, err := db.run(ctx, db.scripts.dump, nil)
	if err != nil {
		return BackupInfo{}, fmt.Errorf("read the namespace: %w", err)
	}
	info := BackupInfo{Namespace: db.namespace(), At: r.now, Keys: len(r.vals), Salt: make([]byte, 16)}
	if _, err := rand.Read(info.Salt); err != nil {
		return info, fmt.Errorf("make a salt: %w", err)
	}
	list := make([]backupKey, 0, len(r.vals))
	for _, v := range r.vals {
		k, err := readDump(v, r.now)
		if err != nil {
			return info, err
		}
		if k.Key == "schema" && len(k.Value) == 1 {
			info.Schema = string(k.Value[0])
		}
		list = append(list, k)
	}
	mac, err := backupMAC(passphrase, info.Salt)
	if err != nil {
		return info, err
	}
	if err := writeBackup(io.MultiWriter(w, mac), info, list); err != nil {
		return info, err
	}
	if _, err := w.Write(mac.Sum(nil)); err != nil {
		return info, fmt.Errorf("write the backup: %w", err)
	}
	return info, nil
}

func writeBackup(w io.Writer, info BackupInfo, list []backupKey) error {
	head, err := json.Marshal(info)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	if _, err := io.WriteString(w, backupMagic+string(head)+"\n"); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	z := gzip.NewWriter(w)
	enc := json.NewEncoder(z)
	for _, k := range list {
		if err := enc.Encode(k); err != nil {
			return fmt.Errorf("write the backup: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}

// readDump turns one key of the script's answer into its record.
func readDump(v any, now time.Time) (backupKey, error) {
	f, ok := v.([]any)
	if !ok || len(f) != 4 {
		return backupKey{}, errors.New("read the namespace: a key came in no known form")
	}
	k := backupKey{Key: toString(f[0]), Type: toString(f[1])}
	if life := toInt(f[2]); life > 0 {
		k.Until = now.UnixMilli() + life
	}
	list, ok := f[3].([]any)
	if !ok {
		k.Value = [][]byte{[]byte(toString(f[3]))}
		return k, nil
	}
	for _, e := range list {
		entry, isEntry := e.([]any)
		if !isEntry {
			k.Value = append(k.Value, []byte(toString(e)))
			continue
		}
		if len(entry) != 2 {
			return k, fmt.Errorf("read the namespace: %s holds an entry in no known form", k.Key)
		}
		fields, _ := entry[1].([]any)
		k.Value = append(k.Value, []byte(toString(entry[0])), fmt.Append(nil, len(fields)))
		for _, x := range fields {
			k.Value = append(k.Value, []byte(toString(x)))
		}
	}
	return k, nil
}

func backupMAC(passphrase string, salt []byte) (hash.Hash, error) {
	key, err := pbkdf2.Key(sha256.New, passphrase, salt, backupRounds, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("make the backup's key: %w", err)
	}
	return hmac.New(sha256.New, key), nil
}

// openBackup checks the signature over the whole file before anything in it is believed,
// and returns its head and its gzipped part.
func openBackup(r io.ReadSeeker, passphrase string) (BackupInfo, io.Reader, error) {
	var info BackupInfo
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return info, nil, fmt.Errorf("read the backup: %w", err)
	}
	signed := size - sha256.Size
	head := bufio.NewReader(io.LimitReader(r, 64<<10))
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return info, nil, fmt.Errorf("read the backup: %w", err)
	}
	magic, err := head.ReadString('\n')
	if err != nil || magic != backupMagic || signed < int64(len(magic)) {
		return info, nil, ErrBackupForm
	}
	line, err := head.ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &info) != nil || len(info.Salt) != 16 {
		return info, nil, ErrBackupForm
	}
	mac, err := backupMAC(passphrase, info.Salt)
	if err != nil {
		return info, nil, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return info, nil, fmt.Errorf("read the backup: %w", err)
	}
	if _, err := io.Copy(mac, io.LimitReader(r, signed)); err != nil {
		return info, nil, fmt.Errorf("read the backup: %w", err)
	}
	var sum [sha256.Size]byte
	if _, err := io.ReadFull(r, sum[:]); err != nil {
		return info, nil, ErrBackupForm
	}
	if !hmac.Equal(sum[:], mac.Sum(nil)) {
		return info, nil, ErrBackupSigned
	}
	at := int64(len(magic) + len(line))
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		return info, nil, fmt.Errorf("read the backup: %w", err)
	}
	return info, io.LimitReader(r, signed-at), nil
}

// eachBackupKey hands out the keys of the gzipped part.
func eachBackupKey(packed io.Reader, each func(backupKey) error) (int, error) {
	z, err := gzip.NewReader(packed)
	if err != nil {
		return 0, fmt.Errorf("unpack the backup: %w", err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, backupMostKey)
	n := 0
	for lines.Scan() {
		var k backupKey
		if err := json.NewDecoder(bytes.NewReader(lines.Bytes())).Decode(&k); err != nil {
			return n, fmt.Errorf("unpack the backup: key %d: %w", n+1, err)
		}
		if err := each(k); err != nil {
			return n, err
		}
		n++
	}
	if err := lines.Err(); err != nil {
		return n, fmt.Errorf("unpack the backup: %w", err)
	}
	return n, nil
}
