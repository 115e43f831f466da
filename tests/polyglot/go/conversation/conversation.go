// Command conversation holds the conversations with the mock that the README of the folder above this language's tells,
// and prints what the generated client saw of each. What must be seen is not known here.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"slices"
	"syscall"
	"time"

	api "example.com/polyglot/client"
)

const (
	completed = 1
	failed    = 2

	pause    = 20 * time.Millisecond
	patience = time.Minute
)

// saw is what a case reports, by the names that the table of cases gives.
type saw map[string]any

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	lines := json.NewEncoder(os.Stdout)
	for _, c := range cases(ctx, os.Getenv("GPTIMAGE2_BASE_URL"), os.Getenv("GPTIMAGE2_API_KEY")) {
		seen, err := c.hold()
		if err == nil {
			err = lines.Encode(map[string]any{"case": c.name, "saw": seen})
		}
		if err != nil {
			log.Fatalf("%s: %v", c.name, err)
		}
	}
}

type conversation struct {
	name string
	hold func() (saw, error)
}

func cases(ctx context.Context, base, key string) []conversation {
	examples := examples()
	first := examples[0].request
	empty := *first.TextToVideoRequest
	empty.Prompt = ""

	known, stranger := open(ctx, base, key), open(ctx, base, "wrong-key")
	under := func(scenario string) session { return open(ctx, base+"/scenarios/"+scenario, key) }

	var all []conversation
	for _, example := range examples {
		all = append(all, known.plays(example.name, example.request, complete))
	}
	return append(all,
		under("failed").plays("failed", first, failure),
		under("unknown-error-code").plays("unknown-error-code", first, failure),
		under("integer-error-code").plays("integer-error-code", first, failure),
		under("unknown-status").plays("unknown-status", first, history),
		under("quickstart").plays("quickstart", first, respelt),
		under("extra-fields").plays("extra-fields", first, outcome),
		under("null-fields").plays("null-fields", first, outcome),
		under("missing-fields").plays("missing-fields", first, outcome),
		known.submits("bad-request", text(empty)),
		stranger.submits("unauthorized", first),
		stranger.looksUp("unauthorized-task", "tsk_nobody_has"),
		under("insufficient-credits").submits("insufficient-credits", first),
		known.looksUp("not-found", "tsk_nobody_has"),
		under("submit-500").submits("server-error", first),
		under("lost-reply").submitsLater("lost-reply", first),
	)
}

// session is the generated client with a base URL and a key.
type session struct {
	client *api.APIClient
	ctx    context.Context // the generated client takes the key from a context
}

func open(ctx context.Context, base, key string) session {
	config := api.NewConfiguration()
	config.Servers = api.ServerConfigurations{{URL: base}}
	config.HTTPClient = &http.Client{
		// A redirected submission would be sent twice.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return session{api.NewAPIClient(config), context.WithValue(ctx, api.ContextAccessToken, key)}
}

// plays is a submission that is followed to its end.
func (s session) plays(name string, request api.GenerateVideoRequest, see func(ending) saw) conversation {
	return conversation{name, func() (saw, error) {
		end, err := s.follow(request)
		return see(end), err
	}}
}

// submits is a submission that ends in an error.
func (s session) submits(name string, request api.GenerateVideoRequest) conversation {
	return conversation{name, func() (saw, error) {
		_, response, err := s.client.VideoAPI.GenerateVideo(s.ctx).GenerateVideoRequest(request).Execute()
		return explain(response, err)
	}}
}

// submitsLater does so over a connection that is open already, where some HTTP libraries would repeat a submission.
func (s session) submitsLater(name string, request api.GenerateVideoRequest) conversation {
	return conversation{name, func() (saw, error) {
		if _, err := s.looksUp(name, "tsk_nobody_has").hold(); err != nil {
			return nil, err
		}
		return s.submits(name, request).hold()
	}}
}

// looksUp is a lookup that ends in an error.
func (s session) looksUp(name, taskID string) conversation {
	return conversation{name, func() (saw, error) {
		_, response, err := s.client.TasksAPI.GetTask(s.ctx, taskID).Execute()
		return explain(response, err)
	}}
}

// ending is what became of a submission.
type ending struct {
	receipt  api.TaskReceipt
	task     api.TaskSnapshot
	statuses []int64
	sha256   string
}

func (s session) follow(request api.GenerateVideoRequest) (end ending, err error) {
	receipt, _, err := s.client.VideoAPI.GenerateVideo(s.ctx).GenerateVideoRequest(request).Execute()
	if err != nil {
		return end, err
	}
	end.receipt = *receipt
	for {
		task, _, err := s.client.TasksAPI.GetTask(s.ctx, receipt.TaskId).Execute()
		if err != nil {
			return end, fmt.Errorf("%s: %w", receipt.TaskId, err)
		}
		end.task = *task
		if !slices.Contains(end.statuses, task.Status) {
			end.statuses = append(end.statuses, task.Status)
		}
		switch task.Status {
		case completed:
			end.sha256, err = fetch(s.ctx, cmp.Or(task.GetVideoUrl(), task.GetOutputVideoUrl()))
			return end, err
		case failed:
			return end, nil
		}
		time.Sleep(pause)
	}
}

// fetch gives the SHA-256 of a video, which is on another host: by a client that has no key.
func fetch(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", url, response.Status)
	}
	hash := sha256.New()
	_, err = io.Copy(hash, response.Body)
	return hex.EncodeToString(hash.Sum(nil)), err
}

func complete(end ending) saw {
	return saw{
		"receiptStatus": end.receipt.Status,
		"creditsUsed":   end.receipt.CreditsUsed,
		"status":        end.task.Status,
		"model":         end.task.Model.Get(),
		"sha256":        end.sha256,
	}
}

func failure(end ending) saw {
	return saw{
		"status":          end.task.Status,
		"errorCode":       end.task.ErrorCode.Get(),
		"errorMessage":    end.task.ErrorMessage.Get(),
		"creditsRefunded": end.task.CreditsRefunded.Get(),
	}
}

func history(end ending) saw {
	return saw{"statuses": end.statuses, "sha256": end.sha256}
}

// respelt is a task in the spelling of the quickstart page.
func respelt(end ending) saw {
	return saw{
		"id":             end.task.GetId() == end.receipt.TaskId,
		"status":         end.task.Status,
		"creditRefunded": end.task.CreditRefunded.Get(),
		"sha256":         end.sha256,
	}
}

func outcome(end ending) saw {
	return saw{"status": end.task.Status, "sha256": end.sha256}
}

// explain reads an error through the type that the generator made for it, or as Go's own where the connection was lost.
func explain(response *http.Response, err error) (saw, error) {
	var lost *url.Error
	if errors.As(err, &lost) && (errors.Is(lost, io.EOF) || errors.Is(lost, syscall.ECONNRESET)) {
		return saw{"answered": false, "type": fmt.Sprintf("%T", lost)}, nil
	}
	var told *api.GenericOpenAPIError
	if !errors.As(err, &told) {
		return nil, fmt.Errorf("ended with %v, which is no error of the API", err)
	}
	seen := saw{"httpStatus": response.StatusCode, "type": fmt.Sprintf("%T", told.Model())}
	switch model := told.Model().(type) {
	case api.InvalidRequestError:
		details := model.GetDetails()
		seen["error"] = model.Error
		seen["fieldErrors"] = details.FieldErrors
		seen["formErrors"] = details.FormErrors
	case api.InsufficientCreditsError:
		seen["error"] = model.Error
		seen["required"] = model.Required
	case api.ServiceError:
		seen["error"] = model.Error
	default:
		return nil, fmt.Errorf("%w, and it could not be read", told)
	}
	return seen, nil
}
