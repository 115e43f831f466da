// What the generated client makes of a reply: the facts of an error, the fields of a task. Not here: the vectors.

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	api "example.com/polyglot/client"
)

// reply is what the service answers to one operation.
type reply struct {
	Operation string
	Status    int
	Headers   map[string]string
	Body      string
}

// RoundTrip gives the reply to the generated client, whatever it asks.
func (r reply) RoundTrip(request *http.Request) (*http.Response, error) {
	header := http.Header{}
	for name, value := range r.Headers {
		header.Set(name, value)
	}
	body := io.NopCloser(strings.NewReader(r.Body))
	return &http.Response{StatusCode: r.Status, Header: header, Body: body, Request: request}, nil
}

func (r reply) client() *api.APIClient {
	config := api.NewConfiguration()
	config.HTTPClient = &http.Client{
		Transport:     r,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return api.NewAPIClient(config)
}

// exchange does the operation with the generated client. The schema is that of what the operation succeeds with.
func (r reply) exchange() (schema string, response *http.Response, err error) {
	ctx := context.Background()
	if r.Operation == "getTask" {
		_, response, err = r.client().TasksAPI.GetTask(ctx, "tsk_1").Execute()
		return "TaskSnapshot", response, err
	}
	request := api.NewTextToVideoRequest("A cup", api.TEXTTOVIDEOMODEL_VEO3, "text_to_video")
	_, response, err = r.client().VideoAPI.GenerateVideo(ctx).
		GenerateVideoRequest(api.TextToVideoRequestAsGenerateVideoRequest(request)).Execute()
	return "TaskReceipt", response, err
}

// readError tells the class of an error and all facts that the reply has.
func readError(contract contract, reply reply) (map[string]any, error) {
	schema, response, failure := reply.exchange()
	if response == nil {
		return nil, failure
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	facts := map[string]any{"status": response.StatusCode}
	// The generated client takes no body, and null for what must be there, for a success.
	if failure != nil || !contract.holds(schema, body) {
		facts["error"] = class(reply.Operation, response.StatusCode)
	}
	if told, ok := decode[api.ServiceError](contract, "ServiceError", body); ok {
		facts["message"] = told.Error
	}
	if told, ok := decode[api.InsufficientCreditsError](contract, "InsufficientCreditsError", body); ok {
		facts["required"] = told.Required
	}
	if seconds, err := strconv.ParseUint(response.Header.Get("Retry-After"), 10, 31); err == nil {
		facts["retryAfter"] = seconds
	}
	facts["fieldErrors"], facts["formErrors"] = details(contract, body)
	return facts, nil
}

// decode reads a body through a generated type, where it is what the contract says.
func decode[T any](contract contract, schema string, body []byte) (value T, ok bool) {
	ok = contract.holds(schema, body) && json.Unmarshal(body, &value) == nil
	return value, ok
}

func details(contract contract, body []byte) (fieldErrors map[string][]string, formErrors []string) {
	if told, ok := decode[api.InvalidRequestError](contract, "InvalidRequestError", body); ok {
		details := told.GetDetails()
		return details.FieldErrors, details.FormErrors
	}
	var loose struct {
		Details struct {
			FieldErrors map[string][]string
			FormErrors  []string
		}
	}
	_ = json.Unmarshal(body, &loose) // what does not fit is left out, and that is all that is wanted of it
	return loose.Details.FieldErrors, loose.Details.FormErrors
}

var classes = map[int]string{
	http.StatusBadRequest:      "BadRequest",
	http.StatusUnauthorized:    "Unauthorized",
	http.StatusPaymentRequired: "InsufficientCredits",
	http.StatusForbidden:       "Forbidden",
	http.StatusTooManyRequests: "RateLimited",
}

func class(operation string, status int) string {
	lookup := operation == "getTask"
	switch named, ok := classes[status]; {
	case ok:
		return named
	case lookup && status == http.StatusNotFound:
		return "TaskNotFound"
	case status >= 400 && status < 500:
		return "APIError"
	case !lookup:
		return "SubmissionUncertain"
	case status >= 500:
		return "ServerError"
	default:
		return "UnexpectedReply"
	}
}

// task has the eleven fields of a task, in whichever spelling they came.
type task struct {
	TaskID       *string `json:"taskId"`
	Status       int64   `json:"status"`
	Type         *string `json:"type"`
	Model        *string `json:"model"`
	Prompt       *string `json:"prompt"`
	VideoURL     *string `json:"videoUrl"`
	CreditsUsed  *int64  `json:"creditsUsed"`
	Refunded     *bool   `json:"refunded"`
	ErrorCode    *string `json:"errorCode"`
	ErrorMessage *string `json:"errorMessage"`
	CreatedAt    *string `json:"createdAt"`
}

func readTask(body []byte) (task, error) {
	header := map[string]string{"Content-Type": "application/json"}
	client := reply{Status: http.StatusOK, Headers: header, Body: string(body)}.client()
	told, _, err := client.TasksAPI.GetTask(context.Background(), "tsk_1").Execute()
	if err != nil {
		return task{}, err
	}
	var firstURL *string
	if len(told.OutputVideoUrls) > 0 {
		firstURL = &told.OutputVideoUrls[0]
	}
	return task{
		TaskID:       cmp.Or(told.TaskId.Get(), told.Id.Get()),
		Status:       told.Status,
		Type:         told.Type.Get(),
		Model:        told.Model.Get(),
		Prompt:       told.Prompt.Get(),
		VideoURL:     cmp.Or(told.VideoUrl.Get(), told.OutputVideoUrl.Get(), firstURL),
		CreditsUsed:  told.CreditsUsed.Get(),
		Refunded:     cmp.Or(told.CreditsRefunded.Get(), told.CreditRefunded.Get()),
		ErrorCode:    text(told.ErrorCode.Get()),
		ErrorMessage: told.ErrorMessage.Get(),
		CreatedAt:    told.CreatedAt.Get(),
	}, nil
}

// text is a code that the generator knows as one of two types.
func text(code *api.TaskSnapshotErrorCode) *string {
	switch {
	case code == nil:
		return nil
	case code.Int64 != nil:
		digits := strconv.FormatInt(*code.Int64, 10)
		return &digits
	default:
		return code.String
	}
}
