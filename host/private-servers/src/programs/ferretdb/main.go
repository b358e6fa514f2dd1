// A MongoDB-protocol server on SQLite, for tests: FerretDB, made to run one command at a time.
//
// MongoDB changes a document atomically. FerretDB 1 reads it, computes, and writes it, and two commands that run
// beside each other may both read before either writes. So every connection comes in here, and a command that may
// change something is handed on only after the one before it was answered.
//
// Arguments: the address to listen on, and the folder of the data.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	address, folder := os.Args[1], os.Args[2]
	inside := filepath.Join(folder, "socket")
	_ = os.Remove(inside)
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: inside},
		Handler:   "sqlite",
		SQLiteURL: "file:" + folder + "/",
	})
	if err != nil {
		panic(err)
	}
	go func() {
		if err := server.Run(context.Background()); err != nil {
			panic(err)
		}
	}()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		panic(err)
	}
	var turn sync.Mutex
	for {
		client, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go serve(client, inside, &turn)
	}
}

// Hands on one command after the other, and their answers back.
func serve(client net.Conn, inside string, turn *sync.Mutex) {
	defer client.Close()
	server, err := net.Dial("unix", inside)
	if err != nil {
		return
	}
	defer server.Close()
	for {
		command, err := message(client)
		if err != nil {
			return
		}
		waits := !onlyReads(command)
		if waits {
			turn.Lock()
		}
		answer, err := ask(server, command)
		if waits {
			turn.Unlock()
		}
		if err != nil {
			return
		}
		if _, err := client.Write(answer); err != nil {
			return
		}
	}
}

// In a message, the command's name is the first key of the first document.
func onlyReads(command []byte) bool {
	for _, name := range []string{"hello", "ping", "find", "getMore"} {
		if len(command) > 26 && bytes.HasPrefix(command[26:], []byte(name+"\x00")) {
			return true
		}
	}
	return false
}

func ask(server net.Conn, command []byte) ([]byte, error) {
	if _, err := server.Write(command); err != nil {
		return nil, err
	}
	return message(server)
}

// A message of the wire protocol begins with its length.
func message(from io.Reader) ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(head)
	if length < 16 || length > 48_000_000 {
		return nil, io.ErrUnexpectedEOF
	}
	whole := make([]byte, length)
	copy(whole, head)
	_, err := io.ReadFull(from, whole[4:])
	return whole, err
}
