<?php

// Where classes are found: the generated ones in client/src, Guzzle where Debian has it. Where there is Composer, its
// vendor/autoload.php does this.

declare(strict_types=1);

require_once 'GuzzleHttp/autoload.php';

spl_autoload_register(static function (string $class): void {
    [$package, $rest] = explode('\\', $class, 2) + [1 => ''];
    $file = __DIR__ . '/client/src/' . strtr($rest, '\\', '/') . '.php';
    if ($package === 'Gptimage2Video' && is_file($file)) {
        require_once $file;
    }
});
