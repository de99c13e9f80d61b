"""PHP: composer.json (https://getcomposer.org/doc/04-schema.md)."""

from collections.abc import Iterator

from agentgen.detection.finding import Finding, Place, plain_text
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import Manifest, Package, mapping

NAME = "php"
MANIFESTS = ("composer.json",)
ALSO_READ = ()

TOOLS = Tools(
    frameworks=named(
        "laravel/framework=laravel symfony/framework-bundle=symfony slim/slim=slim "
        "cakephp/cakephp=cakephp yiisoft/yii2=yii codeigniter4/framework=codeigniter "
        "livewire/livewire=livewire inertiajs/inertia-laravel=inertia doctrine/orm=doctrine "
        "laravel/sanctum=sanctum api-platform/core=api-platform"
    ),
    testing=named("phpunit/phpunit=phpunit pestphp/pest=pest behat/behat=behat"),
    linting=named(
        "laravel/pint=pint squizlabs/php_codesniffer=phpcs friendsofphp/php-cs-fixer=php-cs-fixer"
    ),
    type_checking=named("phpstan/phpstan=phpstan larastan/larastan=larastan vimeo/psalm=psalm"),
)
SCRIPTS = {
    "test": ("test",),
    "lint": ("lint", "cs"),
    "format": ("format", "fix", "cs:fix"),
    "typecheck": ("analyse", "analyze", "stan", "phpstan"),
}


def find(package: Package) -> Iterator[Finding]:
    """Yield what a composer.json says. Raises `UnreadableManifest`."""
    manifest = package.manifest("composer.json")
    if manifest is None:
        return
    data = manifest.json()
    yield Finding(("languages", NAME), NAME, manifest.place)
    for field in ("name", "description", "version", "license"):
        if (text := plain_text(data.get(field))) is not None:
            said = text.rpartition("/")[2] if field == "name" else text
            yield Finding(("project", field), said, manifest.key(field))
    sections = {
        name: section
        for section in ("require", "require-dev")
        for name in mapping(data.get(section))
    }

    def place_of(name: str) -> Place:
        return manifest.key_below(name, sections[name])

    yield from TOOLS.find(NAME, sections, place_of)
    yield Finding(("commands", "install"), "composer install", manifest.place)
    yield from _scripts(manifest, mapping(data.get("scripts")))
    for known, commands in _TOOL_COMMANDS.items():
        for command, text in commands.items() if known in sections else ():
            yield Finding(("commands", command), text, place_of(known))


def _scripts(manifest: Manifest, scripts: dict[str, object]) -> Iterator[Finding]:
    for command, names in SCRIPTS.items():
        if name := next((each for each in names if each in scripts), None):
            yield Finding(
                ("commands", command), f"composer {name}", manifest.key_below(name, "scripts")
            )


_TOOL_COMMANDS = {
    "laravel/framework": {
        "test": "php artisan test",
        "run": "php artisan serve",
        "migrate": "php artisan migrate",
    },
    "pestphp/pest": {"test": "vendor/bin/pest"},
    "phpunit/phpunit": {"test": "vendor/bin/phpunit"},
    "laravel/pint": {"lint": "vendor/bin/pint --test", "format": "vendor/bin/pint"},
    "phpstan/phpstan": {"typecheck": "vendor/bin/phpstan analyse"},
    "larastan/larastan": {"typecheck": "vendor/bin/phpstan analyse"},
}
"""What a package means, where no script says it; the first that says something counts."""
