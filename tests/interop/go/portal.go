// Talking to the portal, and the few of its answers that are looked at here.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const requestTime = 20 * time.Second

// Portal is reached as one caller: with a token, or as everyone when it is empty.
type Portal struct {
	url    string
	token  string
	client *http.Client
}

// Refusal is an answer other than 2xx.
type Refusal struct {
	status int
	what   string
}

func (r Refusal) Error() string { return r.what }

func openPortal(url, caFile string) (*Portal, error) {
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", caFile)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	return &Portal{url: url, client: &http.Client{Transport: transport, Timeout: requestTime}}, nil
}

func (p *Portal) as(token string) *Portal { return &Portal{p.url, token, p.client} }

// ask gives the answer's body and its ETag. headers: besides those of caller and body.
func (p *Portal) ask(method, path string, headers map[string]string, body any) (text []byte, tag string, err error) {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, "", err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, p.url+path, sent)
	if err != nil {
		return nil, "", err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	if text, err = io.ReadAll(answer.Body); err != nil {
		return nil, "", err
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return nil, "", Refusal{answer.StatusCode, fmt.Sprintf("%s %s: %d %s", method, path, answer.StatusCode, text)}
	}
	return text, answer.Header.Get("ETag"), nil
}

func (p *Portal) call(method, path, accept string, body any) ([]byte, error) {
	headers := map[string]string{}
	if accept != "" {
		headers["Accept"] = accept
	}
	text, _, err := p.ask(method, path, headers, body)
	return text, err
}

// step changes a record as it is at this moment: its tag is asked for first, at the address where it is read.
func (p *Portal) step(read, change string, body, into any) error {
	_, tag, err := p.ask("GET", read, nil, nil)
	if err != nil {
		return err
	}
	text, _, err := p.ask("POST", change, map[string]string{"If-Match": tag}, body)
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func (p *Portal) get(path string) ([]byte, error) { return p.call("GET", path, "", nil) }

func (p *Portal) getJSON(path string, into any) error {
	text, err := p.get(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func isStatus(err error, status int) bool {
	refusal, ok := err.(Refusal)
	return ok && refusal.status == status
}

// Receipt is what /v1/receipts/{seq} answers. entry and content are kept as they came: they are hashed.
type Receipt struct {
	Receipt struct {
		V          int
		Entry      json.RawMessage
		Index      int64
		Proof      tlog.RecordProof
		Checkpoint string
	}
	Opening *Opening
}

// parseProof reads a receipt in its text form: c2sp.org/tlog-proof@v1.
func parseProof(text string) (index int64, proof tlog.RecordProof, checkpoint string, err error) {
	head, checkpoint, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return 0, nil, "", fmt.Errorf("not a tlog-proof: %q", text)
	}
	if _, err := fmt.Sscanf(lines[1], "index %d", &index); err != nil {
		return 0, nil, "", fmt.Errorf("no index: %q", lines[1])
	}
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, nil, "", err
		}
		proof = append(proof, hash)
	}
	return index, proof, checkpoint, nil
}
