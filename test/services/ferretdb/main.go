// Speaks MongoDB's wire protocol for the tests: FerretDB with its SQLite backend, on a free port of the loopback.
// Prints `listening URL`; ends on SIGTERM, on SIGINT and when its stdin closes, and leaves no data behind.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	folder, err := os.MkdirTemp("", "deskgraph-ferretdb-")
	if err != nil {
		log.Fatal(err)
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Handler:  "sqlite",
		// Nothing here needs to outlive the machine.
		SQLiteURL: "file:" + folder + "/?_pragma=synchronous(off)",
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		os.RemoveAll(folder)
		log.Fatal(err)
	}
	stopping, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	go server.Run(stopping)
	fmt.Println("listening", server.MongoDBURI())
	<-stopping.Done()
	// Run would wait for clients that stay connected.
	os.RemoveAll(folder)
}
