package main

import (
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

func TestTheCommandLineSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args string
		code int
		want []string
	}{
		"nothing":         {"", cli.ExitUsage, []string{"Usage: stellwerk COMMAND", "serve", "work", "migrate", "token create", "demo", "dev"}},
		"help":            {"--help", cli.ExitOK, []string{"Usage: stellwerk COMMAND", "token create"}},
		"help of demo":    {"demo --help", cli.ExitOK, []string{"-json"}},
		"help of token":   {"token create --help", cli.ExitOK, []string{"-name", "-expires-in"}},
		"unknown command": {"dance", cli.ExitUsage, []string{`no command "dance"`, "Usage: stellwerk COMMAND"}},
		"half a command":  {"token", cli.ExitUsage, []string{`no command "token"`, "token create"}},
		"unknown flag":    {"serve --fast", cli.ExitUsage, []string{"-fast"}},
		"no flag":         {"work please", cli.ExitUsage, []string{`"please" is not a flag`, "work --help"}},
		"no duration":     {"token create --expires-in soon", cli.ExitUsage, []string{"soon"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := stellwerkRun(t, nil, strings.Fields(c.args)...)

			if got.code != c.code {
				t.Errorf("exit code %d, want %d", got.code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(got.out+got.errOut, want) {
					t.Errorf("%q is not said:\n%s%s", want, got.out, got.errOut)
				}
			}
		})
	}
}

func TestHelpGoesToStandardOutputAndComplaintsDoNot(t *testing.T) {
	t.Parallel()

	help, complaint := stellwerkRun(t, nil, "help"), stellwerkRun(t, nil, "dance")

	if help.out == "" || help.errOut != "" {
		t.Errorf("help: %q on standard error", help.errOut)
	}
	if complaint.out != "" || complaint.errOut == "" {
		t.Errorf("complaint: %q on standard output", complaint.out)
	}
}

func TestAllThatIsMissingInTheConfigurationIsNamed(t *testing.T) {
	t.Parallel()
	for command, missing := range map[string][]string{
		"serve":        {"STELLWERK_SECRETS", "STELLWERK_DATABASE_URL"},
		"work":         {"STELLWERK_SECRETS", "STELLWERK_DATABASE_URL"},
		"migrate":      {"STELLWERK_DATABASE_URL", "STELLWERK_MIGRATE_DATABASE_URL"},
		"token create": {"STELLWERK_DATABASE_URL"},
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			got := stellwerkRun(t, nil, strings.Fields(command)...)

			if got.code != cli.ExitFailed || got.out != "" {
				t.Errorf("exit code %d, standard output %q", got.code, got.out)
			}
			for _, name := range missing {
				if !strings.Contains(got.errOut, name+" ") {
					t.Errorf("%s is not named:\n%s", name, got.errOut)
				}
			}
		})
	}
}

func TestAWrongConfigurationIsNamedWithoutItsValues(t *testing.T) {
	t.Parallel()
	const value = "hunter2"
	wrong := []string{
		"STELLWERK_SECRETS=" + value, "STELLWERK_BA_TLS_MAX=" + value, "STELLWERK_BA_PACE=" + value, "STELLWERK_LOG_LEVEL=" + value,
		"STELLWERK_WORKERS=" + value,
	}

	got := stellwerkRun(t, append(wrong, "STELLWERK_DATABASE_URL=postgres://app:"+value+"@localhost/stellwerk"), "work")

	if got.code != cli.ExitFailed {
		t.Errorf("exit code %d", got.code)
	}
	for _, pair := range wrong {
		if name, _, _ := strings.Cut(pair, "="); !strings.Contains(got.errOut, name) {
			t.Errorf("%s is not named:\n%s", name, got.errOut)
		}
	}
	if strings.Contains(got.out+got.errOut, value) {
		t.Errorf("a value is repeated:\n%s%s", got.out, got.errOut)
	}
}

func TestAnUnreadableDatabaseURLIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"postgres://app:hunter2@127.0.0.1:1/stellwerk", "postgres://app:hunter2@%zz/", "hunter2"} {
		got := stellwerkRun(t, []string{"STELLWERK_DATABASE_URL=" + address}, "token", "create")

		if got.code != cli.ExitFailed || strings.Contains(got.out+got.errOut, "hunter2") {
			t.Errorf("exit code %d:\n%s%s", got.code, got.out, got.errOut)
		}
	}
}

func TestDemoAndDevRefuseAProductionMachine(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"demo", "dev"} {
		for _, name := range []string{"STELLWERK_DATABASE_URL", "STELLWERK_DATABASE_URL_FILE", "STELLWERK_SECRET_KEY_FILE"} {
			got := stellwerkRun(t, []string{name + "=hunter2"}, command)

			said := got.out + got.errOut
			if got.code != cli.ExitFailed || !strings.Contains(said, name+" is set") || strings.Contains(said, "hunter2") {
				t.Errorf("%s with %s: exit code %d:\n%s", command, name, got.code, said)
			}
			if strings.Contains(said, "PostgreSQL") {
				t.Errorf("%s with %s started a database", command, name)
			}
		}
	}
}
