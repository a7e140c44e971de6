package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rs/zerolog"

	"trucban/internal/redisdb"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute the seals over the log of what was done; exit code 1 when they do not fit."`
}

type auditVerifyCmd struct {
	Head string `help:"A seal posted to the leaders: it must be one of the chain." placeholder:"HEX"`
}

// Run recomputes the chain and, with a head written down outside, that it is the same chain.
func (c auditVerifyCmd) Run(ctx context.Context, s streams) error {
	db, client, _, err := toolStore("")
	if err != nil {
		return err
	}
	defer closeQuietly(client, zerolog.Nop())
	v, err := db.Verify(ctx)
	if errors.Is(err, redisdb.ErrBroken) {
		return fmt.Errorf("THE LOG WAS CHANGED: %w", err)
	}
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if head := strings.TrimSpace(c.Head); head != "" {
		known, err := db.HasSeal(ctx, head)
		if err != nil {
			return fmt.Errorf("verify: %w", err)
		}
		if !known {
			return errors.New("THE LOG WAS REMADE, or is older than what is kept: the seal is not in the chain")
		}
	}
	_, err = fmt.Fprintf(s.out, "%d events under %d seals are as they were sealed; %d events wait for the next seal; %d older seals have lost their events to the log's bound.\nnewest seal: %s\n",
		v.Events, v.Links, v.Open, v.Dropped, v.LastSeal)
	return err
}
