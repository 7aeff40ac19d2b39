package secret

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/approle"
)

// login keeps a client of Vault logged in by AppRole. Its token is renewed by the first call after two thirds of its time, and replaced by a
// new login when it cannot be renewed any more, has ended, or was revoked. Nothing runs in the background: a program that does not need
// secrets does not need a token.
type login struct {
	client  *api.Client
	options VaultOptions
	// turn is taken by whoever looks after the token: one at a time, and the others wait for the result.
	turn chan struct{}

	// What follows belongs to whoever has the turn.
	token     string
	renewable bool
	lease     time.Duration
	// renewAt and endsAt are zero for a token that never ends.
	renewAt, endsAt time.Time
}

func newLogin(client *api.Client, o VaultOptions) *login {
	return &login{client: client, options: o, turn: make(chan struct{}, 1)}
}

func (l *login) take(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (l *login) give() { <-l.turn }

// ensure sees to it that the client has a token that holds, and returns it.
func (l *login) ensure(ctx context.Context) (string, error) {
	if err := l.take(ctx); err != nil {
		return "", err
	}
	defer l.give()
	if err := l.refresh(ctx); err != nil {
		return "", err
	}
	return l.token, nil
}

// refresh logs in or renews the token if it is time. A renewal that fails for now is tried again by the next call.
func (l *login) refresh(ctx context.Context) error {
	now := l.options.Now()
	switch {
	case l.token == "" || l.ends(now):
		return l.enter(ctx)
	case l.renewAt.IsZero() || now.Before(l.renewAt):
		return nil
	case !l.renewable:
		return l.enter(ctx)
	}
	renewed, err := l.renew(ctx)
	if isRefusal(err) || err == nil && renewed < l.lease/2 {
		// It was revoked, or comes to the end of its longest time.
		return l.enter(ctx)
	}
	return context.Cause(ctx)
}

func (l *login) ends(now time.Time) bool { return !l.endsAt.IsZero() && !now.Before(l.endsAt) }

// enter logs in.
func (l *login) enter(ctx context.Context) error {
	l.forget()
	role, err := approle.NewAppRoleAuth(l.options.RoleID, &approle.SecretID{FromString: string(l.options.SecretID.Reveal())},
		approle.WithMountPath(strings.Trim(l.options.RoleMount, "/")))
	if err != nil {
		return err
	}
	var answer *api.Secret
	err = timed(ctx, l.options.Timeout, func(ctx context.Context) error {
		var err error
		answer, err = role.Login(ctx, l.client)
		return err
	})
	if err != nil {
		return err
	}
	if answer == nil || answer.Auth == nil || answer.Auth.ClientToken == "" {
		return errors.New("the answer holds no token")
	}
	l.token = answer.Auth.ClientToken
	l.client.SetToken(l.token)
	l.note(answer.Auth)
	l.lease = time.Duration(answer.Auth.LeaseDuration) * time.Second
	return nil
}

// renew prolongs the token, and returns for how long it holds now.
func (l *login) renew(ctx context.Context) (time.Duration, error) {
	var answer *api.Secret
	err := timed(ctx, l.options.Timeout, func(ctx context.Context) error {
		var err error
		answer, err = l.client.Auth().Token().RenewSelfWithContext(ctx, int(l.lease.Seconds()))
		return err
	})
	if err != nil {
		return 0, err
	}
	if answer == nil || answer.Auth == nil {
		return 0, errors.New("the answer holds no lease")
	}
	l.note(answer.Auth)
	return time.Duration(answer.Auth.LeaseDuration) * time.Second, nil
}

// note takes down for how long the token holds.
func (l *login) note(auth *api.SecretAuth) {
	l.renewable, l.renewAt, l.endsAt = auth.Renewable, time.Time{}, time.Time{}
	if lease := time.Duration(auth.LeaseDuration) * time.Second; lease > 0 {
		now := l.options.Now()
		l.renewAt, l.endsAt = now.Add(lease*2/3), now.Add(lease)
	}
}

// holds reports whether Vault still knows the token: then what it denies is not the token's fault.
func (l *login) holds(ctx context.Context) bool {
	return !isRefusal(timed(ctx, l.options.Timeout, func(ctx context.Context) error {
		_, err := l.client.Auth().Token().LookupSelfWithContext(ctx)
		return err
	}))
}

// drop forgets a token, unless somebody has replaced it already.
func (l *login) drop(token string) {
	l.turn <- struct{}{}
	defer l.give()
	if l.token == token {
		l.forget()
	}
}

func (l *login) forget() {
	l.token = ""
	l.client.ClearToken()
}

// end revokes the token.
func (l *login) end(ctx context.Context) error {
	if err := l.take(ctx); err != nil {
		return err
	}
	defer l.give()
	if l.token == "" {
		return nil
	}
	err := l.client.Auth().Token().RevokeSelfWithContext(ctx, "")
	l.forget()
	return err
}

// isRefusal reports whether Vault answered, and no.
func isRefusal(err error) bool {
	answer, ok := errors.AsType[*api.ResponseError](err)
	return ok && answer.StatusCode >= http.StatusBadRequest && answer.StatusCode < http.StatusInternalServerError
}
