package redisdb

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"trucban/internal/outbox"
)

// selfSigned writes a certificate for the loopback address and its key, and returns the roots that trust it.
func selfSigned(t *testing.T, dir string) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "EC PRIVATE KEY", secret), roots
}

// TestTLS: everything works over TLS, and a server nobody vouches for is refused.
func TestTLS(t *testing.T) {
	cert, key, roots := selfSigned(t, t.TempDir())
	port := strconv.Itoa(freePort(t))
	startServer(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no", "--tls-ca-cert-file", cert)
	client := func(c *tls.Config) *redis.Client {
		return redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + port, TLSConfig: c, DialerRetries: 1, MaxRetries: -1})
	}
	stranger := client(&tls.Config{MinVersion: tls.VersionTLS12})
	defer shut(t, stranger)
	if err := stranger.Ping(t.Context()).Err(); err == nil {
		t.Error("a certificate nobody vouches for is taken")
	}
	db, c := virtualDB(t, client(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}), telegramLike)
	if _, err := db.CheckServer(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, db, c)
	b.put(item("1", chatAddr(1), outbox.Reply))
	b.run(time.Second)
	if diff := cmp.Diff([]string{"1"}, b.sink.texts("")); diff != "" {
		t.Error(diff)
	}
}
