<?php

// Loads every generated class, so that what only shows when one is linked with its parents and interfaces shows here.

declare(strict_types=1);

require 'autoload.php';

$sources = new RecursiveIteratorIterator(new RecursiveDirectoryIterator('client/src', FilesystemIterator::SKIP_DOTS));
foreach ($sources as $source) {
    require_once $source->getRealPath();
}
