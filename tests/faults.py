"""What a client must do under each scenario of the mock: one table, for the library and the command line alike.

Lives here: the table and its reading. Not here: the walk through it (`test_faults`), and what a scenario does (the
mock's own tables). Each row is for one video that is submitted, waited for and saved.
"""

from typing import NamedTuple

# ends as    Completed, or the class of the error
# exit       of the command line
# posts      submissions that the server sees; more than one only where none but the last can have been accepted
# accepted   submissions that the server debits
# id         whether the client knows the task's id; then every error carries it and every way out prints it
# file       whether the video is saved; else nothing at all is
TABLE = """
scenario                 ends as               exit  posts  accepted  id   file

reference                Completed                0      1         1  yes  yes
quickstart               Completed                0      1         1  yes  yes
null-fields              Completed                0      1         1  yes  yes
missing-fields           Completed                0      1         1  yes  yes
extra-fields             Completed                0      1         1  yes  yes
both-spellings           Completed                0      1         1  yes  yes
other-id                 Completed                0      1         1  yes  yes
unknown-status           Completed                0      1         1  yes  yes
done-then-pending        Completed                0      1         1  yes  yes
failed                   TaskFailed               1      1         1  yes  no
failed-late-refund       TaskFailed               1      1         1  yes  no
unknown-error-code       TaskFailed               1      1         1  yes  no
insufficient-credits     InsufficientCredits      3      1         0  no   no

lost-reply               SubmissionUncertain      5      1         1  no   no
submit-500               SubmissionUncertain      5      1         0  no   no
submit-503-html          SubmissionUncertain      5      1         0  no   no
submit-503-retry-after   SubmissionUncertain      5      1         0  no   no
submit-529               SubmissionUncertain      5      1         0  no   no
submit-429               Completed                0      2         1  yes  yes
submit-429-date          Completed                0      2         1  yes  yes
submit-429-nonsense      Completed                0      2         1  yes  yes
submit-reset             SubmissionUncertain      5      1         0  no   no
submit-301               SubmissionUncertain      5      1         0  no   no
submit-403               Forbidden                3      1         0  no   no
submit-409               APIError                 3      1         0  no   no
submit-413               APIError                 3      1         0  no   no
submit-422               APIError                 3      1         0  no   no
submit-500-with-id       SubmissionUncertain      5      1         1  yes  no
submit-502-accepted      SubmissionUncertain      5      1         1  no   no
submit-504-accepted      SubmissionUncertain      5      1         1  no   no
submit-520-accepted      SubmissionUncertain      5      1         1  no   no
submit-cut-headers       SubmissionUncertain      5      1         1  no   no
submit-cut-body          SubmissionUncertain      5      1         1  no   no
submit-cut-after-id      Completed                0      1         1  yes  yes
submit-slow-headers      SubmissionUncertain      5      1         1  no   no
submit-slow-body         SubmissionUncertain      5      1         1  no   no
submit-empty-body        SubmissionUncertain      5      1         1  no   no
submit-204               SubmissionUncertain      5      1         1  no   no
submit-html              SubmissionUncertain      5      1         1  no   no
submit-no-id             SubmissionUncertain      5      1         1  no   no
submit-long-length       Completed                0      1         1  yes  yes
submit-short-length      Completed                0      1         1  yes  yes
submit-endless           Completed                0      1         1  yes  yes
submit-201               Completed                0      1         1  yes  yes
submit-202               Completed                0      1         1  yes  yes
submit-text              Completed                0      1         1  yes  yes
submit-no-length         Completed                0      1         1  yes  yes
submit-gzip              Completed                0      1         1  yes  yes
submit-bare              Completed                0      1         1  yes  yes
submit-quickstart        Completed                0      1         1  yes  yes

poll-500                 Completed                0      1         1  yes  yes
poll-500-always          WaitTimeout            124      1         1  yes  no
poll-502                 Completed                0      1         1  yes  yes
poll-503-html            Completed                0      1         1  yes  yes
poll-503-retry-after     Completed                0      1         1  yes  yes
poll-504                 Completed                0      1         1  yes  yes
poll-520                 Completed                0      1         1  yes  yes
poll-529                 Completed                0      1         1  yes  yes
poll-429                 Completed                0      1         1  yes  yes
poll-429-date            Completed                0      1         1  yes  yes
poll-429-nonsense        Completed                0      1         1  yes  yes
poll-404-at-first        Completed                0      1         1  yes  yes
poll-403                 Forbidden                3      1         1  yes  no
poll-301                 UnexpectedReply          4      1         1  yes  no
cut-poll                 Completed                0      1         1  yes  yes
poll-reset               Completed                0      1         1  yes  yes
poll-cut-headers         Completed                0      1         1  yes  yes
poll-slow-headers        Completed                0      1         1  yes  yes
poll-slow-body           Completed                0      1         1  yes  yes
poll-empty-body          Completed                0      1         1  yes  yes
poll-204                 Completed                0      1         1  yes  yes
poll-202                 Completed                0      1         1  yes  yes
poll-html                Completed                0      1         1  yes  yes
poll-text                Completed                0      1         1  yes  yes
poll-long-length         Completed                0      1         1  yes  yes
poll-short-length        Completed                0      1         1  yes  yes
poll-no-length           Completed                0      1         1  yes  yes
poll-gzip                Completed                0      1         1  yes  yes
poll-false-gzip          Completed                0      1         1  yes  yes
poll-endless             Completed                0      1         1  yes  yes

cut-download             Completed                0      1         1  yes  yes
download-cut-repeatedly  Completed                0      1         1  yes  yes
download-rationed        Completed                0      1         1  yes  yes
download-cut-headers     Completed                0      1         1  yes  yes
download-reset           Completed                0      1         1  yes  yes
download-reset-always    DownloadFailed           6      1         1  yes  no
download-slow-headers    Completed                0      1         1  yes  yes
download-slow-body       Completed                0      1         1  yes  yes
download-404-at-first    Completed                0      1         1  yes  yes
download-404-always      DownloadFailed           6      1         1  yes  no
download-403-always      DownloadFailed           6      1         1  yes  no
download-429             Completed                0      1         1  yes  yes
download-503-html        Completed                0      1         1  yes  yes
download-redirect        Completed                0      1         1  yes  yes
download-redirect-loop   DownloadFailed           6      1         1  yes  no
download-redirect-file   DownloadFailed           6      1         1  yes  no
download-empty           Completed                0      1         1  yes  yes
download-204             DownloadFailed           6      1         1  yes  no
download-html            DownloadFailed           6      1         1  yes  no
download-json            DownloadFailed           6      1         1  yes  no
download-text            DownloadFailed           6      1         1  yes  no
download-octets          Completed                0      1         1  yes  yes
download-long-length     Completed                0      1         1  yes  yes
download-no-length       Completed                0      1         1  yes  yes
download-gzip            Completed                0      1         1  yes  yes
download-endless         Completed                0      1         1  yes  yes
download-escaping-name   Completed                0      1         1  yes  yes
download-expired         Completed                0      1         1  yes  yes
"""


class Expected(NamedTuple):
    """One row of the table."""

    scenario: str
    ends_as: str
    exit: int
    posts: int
    accepted: int
    id: bool
    file: bool


def _row(line: str) -> Expected:
    scenario, ends_as, code, posts, accepted, known, file = line.split()
    return Expected(scenario, ends_as, int(code), int(posts), int(accepted), known == "yes", file == "yes")


EXPECTED = [_row(line) for line in TABLE.splitlines()[2:] if line]
