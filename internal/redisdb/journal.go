package redisdb

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Journal holds what arrived while Redis was away, on the local disk, in order. A record
// that Append returned for survives a crash of the machine; one that was being written
// then is cut off. Replay hands the records out again and forgets those that were taken.
// One process uses a journal at a time.
type Journal struct {
	mu   sync.Mutex
	f    *os.File
	size int64
	n    int
	most int64
}

// ErrJournalFull is returned when the journal has reached its size.
var ErrJournalFull = errors.New("the journal is full")

const journalHead = 8 // length and checksum, 4 bytes each, little endian

// OpenJournal opens or makes the file and cuts a torn end off; it will hold at most that many bytes.
func OpenJournal(path string, most int64) (*Journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal: %w", err)
	}
	j := &Journal{f: f, most: most}
	j.size, j.n, err = scan(f, func([]byte) error { return nil })
	if err == nil {
		err = f.Truncate(j.size)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the journal: %w", err), f.Close())
	}
	return j, nil
}

// syncDir makes the file's name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Len is how many records wait.
func (j *Journal) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.n
}

// Append writes a record, which may not be empty, and returns when it is on the disk.
func (j *Journal) Append(record []byte) error {
	if len(record) == 0 {
		return errors.New("an empty record cannot be told from a torn file")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size+journalHead+int64(len(record)) > j.most {
		return ErrJournalFull
	}
	b := make([]byte, journalHead, journalHead+len(record))
	binary.LittleEndian.PutUint32(b, uint32(len(record)))
	binary.LittleEndian.PutUint32(b[4:], crc32.ChecksumIEEE(record))
	b = append(b, record...)
	_, err := j.f.WriteAt(b, j.size)
	if err == nil {
		err = j.f.Sync()
	}
	if err != nil {
		// Whatever half of it was written must not stand before the next one.
		return errors.Join(fmt.Errorf("write to the journal: %w", err), j.f.Truncate(j.size))
	}
	j.size += int64(len(b))
	j.n++
	return nil
}

// Replay hands the records to take in the order they came and forgets them. It stops at
// the first error and keeps that record and all after it; a crash in between hands
// some out again, so take must bear a repeat.
func (j *Journal) Replay(take func(record []byte) error) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var done int64
	var stopped error
	_, n, err := scan(j.f, func(record []byte) error {
		if stopped = take(record); stopped != nil {
			return stopped
		}
		done += journalHead + int64(len(record))
		return nil
	})
	if err != nil && stopped == nil {
		return n, err
	}
	if err := j.forget(done); err != nil {
		return n, errors.Join(stopped, fmt.Errorf("shorten the journal: %w", err))
	}
	j.n -= n
	return n, stopped
}

// forget takes the first done bytes out: whole when nothing is left, else by a new file in its place.
func (j *Journal) forget(done int64) error {
	if done == j.size {
		j.size = 0
		return errors.Join(j.f.Truncate(0), j.f.Sync())
	}
	if done == 0 {
		return nil
	}
	next, err := os.OpenFile(j.f.Name()+".next", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(next, io.NewSectionReader(j.f, done, j.size-done))
	if err == nil {
		err = next.Sync()
	}
	if err == nil {
		err = os.Rename(next.Name(), j.f.Name())
	}
	if err != nil {
		return errors.Join(err, next.Close())
	}
	old, name := j.f, j.f.Name()
	// The renamed file keeps the name it was opened with; open it under its own.
	if j.f, err = os.OpenFile(name, os.O_RDWR, 0o600); err != nil {
		j.f = old
		return errors.Join(err, next.Close())
	}
	j.size -= done
	return errors.Join(next.Close(), old.Close(), syncDir(filepath.Dir(name)))
}

// Close closes the file; what it holds stays.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.f.Close()
}

// scan reads whole records from the start and returns where the last one ends. A torn or
// damaged record ends the journal.
func scan(f *os.File, each func([]byte) error) (end int64, n int, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	r := bufio.NewReader(io.NewSectionReader(f, 0, info.Size()))
	var head [journalHead]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return end, n, ignoreEOF(err)
		}
		size := int64(binary.LittleEndian.Uint32(head[:]))
		if size == 0 || size > info.Size()-end-journalHead {
			return end, n, nil
		}
		record := make([]byte, size)
		if _, err := io.ReadFull(r, record); err != nil {
			return end, n, ignoreEOF(err)
		}
		if crc32.ChecksumIEEE(record) != binary.LittleEndian.Uint32(head[4:]) {
			return end, n, nil
		}
		if err := each(record); err != nil {
			return end, n, err
		}
		end += journalHead + size
		n++
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}
