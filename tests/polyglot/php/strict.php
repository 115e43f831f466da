<?php

// Makes an exception of every warning, notice and deprecation about a file in this folder, hand-written or generated.
// Loaded before all else, with `php -d auto_prepend_file=strict.php`. Debian's libraries are not ours to mend.

declare(strict_types=1);

set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if (str_starts_with($file, __DIR__ . '/')) {
        throw new ErrorException($message, 0, $level, $file, $line);
    }
    return false;
});
