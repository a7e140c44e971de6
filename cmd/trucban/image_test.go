package main

import (
	"debug/elf"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/redis/go-redis/v9"
)

// composeFile is what we use of the compose specification; any other key fails.
type composeFile struct {
	Services map[string]composeService
	Volumes  map[string]struct{}
}

type composeService struct {
	Build       struct{ Context, Dockerfile string }
	Image       string
	PullPolicy  string `yaml:"pull_policy"`
	Command     []string
	Restart     string
	DependsOn   any `yaml:"depends_on"`
	EnvFile     any `yaml:"env_file"`
	Environment map[string]string
	Volumes     []string
	Ports       []string
	ReadOnly    bool `yaml:"read_only"`
	Tmpfs       []string
	User        string
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	MemLimit    string   `yaml:"mem_limit"`
	Grace       string   `yaml:"stop_grace_period"`
	Healthcheck struct {
		Test              []string
		Interval, Timeout time.Duration
		StartPeriod       time.Duration `yaml:"start_period"`
		Retries           int
		Disable           bool
	}
}

func compose(t *testing.T) composeFile {
	t.Helper()
	data, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var f composeFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return f
}

var (
	anyUser  = regexp.MustCompile(`^[1-9][0-9]*:[1-9][0-9]*$`)
	memory   = regexp.MustCompile(`^[1-9][0-9]*m$`)
	variable = regexp.MustCompile(`^\$\{([A-Z_]+):-([^}]+)\}`)
)

// TestCompose: the services have time to finish, bounds of memory, no rights and
// nothing to write but their own folders; only loopback is published; what they
// refer to is there.
func TestCompose(t *testing.T) {
	f := compose(t)
	for _, name := range []string{"bot", "redis", "watch"} {
		s, ok := f.Services[name]
		if !ok || !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) ||
			!memory.MatchString(s.MemLimit) || !anyUser.MatchString(s.User) || s.Restart != "unless-stopped" {
			t.Errorf("%s: %+v", name, s)
		}
		if d, err := time.ParseDuration(s.Grace); err != nil || d < 10*time.Second || name != "watch" && d < 30*time.Second {
			t.Errorf("%s has %q to finish", name, s.Grace)
		}
		if h := s.Healthcheck; name != "watch" && (h.Disable || len(h.Test) < 2 || h.Test[0] != "CMD" || h.Interval <= 0 || h.Timeout <= 0 || h.Retries <= 0) {
			t.Errorf("%s is looked after by %+v", name, h)
		}
		for _, p := range s.Ports {
			if name == "redis" || !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s publishes %s", name, p)
			}
		}
		for _, v := range s.Volumes {
			v = variable.ReplaceAllString(v, "$2")
			from, rest, _ := strings.Cut(v, ":")
			to, _, _ := strings.Cut(rest, ":")
			if _, declared := f.Volumes[from]; !declared && !strings.HasPrefix(from, "./") || !path.IsAbs(to) {
				t.Errorf("%s mounts %s", name, v)
			}
		}
	}
	if bot, watch := f.Services["bot"], f.Services["watch"]; bot.Image != watch.Image || bot.PullPolicy != "build" || watch.PullPolicy != "never" {
		t.Errorf("the watcher does not run the image that is built: %q, %q", bot.PullPolicy, watch.PullPolicy)
	}
	known := map[string]bool{}
	for _, s := range settings() {
		known[s.name] = true
	}
	for name, s := range f.Services {
		for key := range s.Environment {
			if !known[key] {
				t.Errorf("%s is given %s, which is no setting", name, key)
			}
		}
	}
	if code, out := tool(t, append(slices.Clone(f.Services["watch"].Command), "--help")...); code != 0 {
		t.Errorf("the watcher's command: %s", out)
	}
	check := f.Services["bot"].Healthcheck.Test
	if code, out := tool(t, append(slices.Clone(check[2:]), "--help")...); code != 0 || check[1] != "/trucban" {
		t.Errorf("the bot's health is asked by %v: %s", check, out)
	}
}

// TestComposeRedis starts Redis with the arguments of the compose file: it keeps
// every write, drops no key, and is bounded below its container's memory.
func TestComposeRedis(t *testing.T) {
	s := compose(t).Services["redis"]
	if _, err := exec.LookPath(s.Command[0]); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("redis-server is not installed: its arguments are not tried")
	}
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t)))
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command(s.Command[0], append(slices.Clone(s.Command[1:]), "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir())...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	client := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { _ = client.Close() })
	for client.Ping(t.Context()).Err() != nil && t.Context().Err() == nil { // the client pauses between its tries
	}
	for name, want := range map[string]string{"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "save": ""} {
		if got, err := client.ConfigGet(t.Context(), name).Result(); err != nil || got[name] != want {
			t.Errorf("%s is %q, %v", name, got[name], err)
		}
	}
	got, err := client.ConfigGet(t.Context(), "maxmemory").Result()
	if err != nil {
		t.Fatal(err)
	}
	most, err := strconv.Atoi(got["maxmemory"])
	if err != nil {
		t.Fatal(err)
	}
	container, err := strconv.Atoi(strings.TrimSuffix(s.MemLimit, "m"))
	if err != nil || most == 0 || most > container<<20*3/4 {
		t.Errorf("Redis may use %d bytes of %s: it is killed before it refuses writes", most, s.MemLimit)
	}
}

// TestDockerfile holds the steps of the image against the checkout and the compose
// file: what is copied is there and not left out, the compiler is new enough, the
// build is static, and it runs as the user it is given.
func TestDockerfile(t *testing.T) {
	f := compose(t).Services["bot"]
	if f.Build.Context != "." {
		t.Errorf("the image is built from %q", f.Build.Context)
	}
	data, err := os.ReadFile(filepath.Join("../..", f.Build.Dockerfile))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	needed := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(string(mod))[1]
	text := string(data)
	for _, want := range []string{"FROM golang:" + needed + " AS build", "RUN CGO_ENABLED=0 go build -trimpath", "./cmd/trucban", "USER " + f.User, `ENTRYPOINT ["/trucban"]`, `CMD ["run"]`, "ca-certificates", "poppler-utils"} {
		if !strings.Contains(text, want) {
			t.Errorf("the Dockerfile has no %q", want)
		}
	}
	if i := strings.LastIndex(text, "FROM "); strings.Contains(text[i:], "COPY . ") || !strings.Contains(text[i:], "USER ") {
		t.Error("the last stage holds the sources or runs as root")
	}
	ignored, err := os.ReadFile("../../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	left := strings.Fields(string(ignored))
	for _, secret := range []string{".git", ".env", "town.yaml", "data"} {
		if !slices.Contains(left, secret) {
			t.Errorf("%s goes to the builder", secret)
		}
	}
	out, err := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{$d := .Dir}}{{range .CgoFiles}}cgo {{$d}}/{{.}}{{"\n"}}{{end}}{{if eq .Module.Path "trucban"}}{{range .EmbedFiles}}embed {{$d}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	embedded := 0
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		switch file, isEmbed := strings.CutPrefix(line, "embed "); {
		case strings.HasPrefix(line, "cgo "):
			t.Errorf("the binary is not static: %s", line)
		case isEmbed:
			embedded++
			if strings.Contains(file, "/testdata/") || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "/data/") {
				t.Errorf("%s is embedded and left out of the image", file)
			}
		}
	}
	if embedded < 20 {
		t.Errorf("%d embedded files: %s", embedded, out)
	}
}

// TestTheBinary runs a binary built as the Dockerfile builds it, named by
// TRUCBAN_BINARY: it is one static file, and it works for a user without rights in
// a folder that cannot be written.
func TestTheBinary(t *testing.T) {
	file := os.Getenv("TRUCBAN_BINARY")
	if file == "" {
		t.Skip("TRUCBAN_BINARY names no binary: building one takes minutes; TestDockerfile shows that it is static")
	}
	b, err := elf.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	libs, err := b.ImportedLibraries()
	if err != nil || len(libs) > 0 || slices.ContainsFunc(b.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		t.Errorf("the binary needs %v, %v", libs, err)
	}
	for _, args := range [][]string{{"--help"}, {"dispatch", "--help"}} {
		cmd := exec.Command(file, args...)
		cmd.Dir, cmd.Env = "/", []string{"PATH=/nowhere"}
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
		}
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "trucban") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
