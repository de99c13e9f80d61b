"""Ruby: the gems that a Gemfile names, each on a line of its own (https://bundler.io/man/gemfile.5.html)."""

import re
from collections.abc import Iterator

from agentgen.detection.finding import Finding, Place, version_number
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import Package

NAME = "ruby"
MANIFESTS = ("Gemfile",)
ALSO_READ = (".ruby-version",)

TOOLS = Tools(
    frameworks=named("rails sinatra hanami grape sidekiq jekyll activerecord graphql roda"),
    testing=named(
        "rspec-rails=rspec rspec minitest capybara cucumber factory_bot_rails=factory_bot"
    ),
    linting=named("rubocop rubocop-rails-omakase=rubocop standard standardrb reek brakeman"),
    type_checking=named("sorbet steep rbs"),
)
_GEM = re.compile(r"\s*gem[ (]\s*[\"']([\w.-]+)[\"']")
_RUBY = re.compile(r"\s*ruby[ (]\s*[\"'](\d+(?:\.\d+)*)[\"']")


def find(package: Package) -> Iterator[Finding]:
    """Yield what a Gemfile says."""
    manifest = package.manifest("Gemfile")
    if manifest is None:
        return
    yield Finding(("languages", NAME), NAME, manifest.place)
    if (pin := package.manifest(".ruby-version")) and (
        version := version_number(pin.text.strip().removeprefix("ruby-"))
    ):
        yield Finding(("languages", NAME, "version"), version, Place(pin.path, 1))
    gems: dict[str, Place] = {}
    for number, line in enumerate(manifest.text.splitlines(), start=1):
        place = Place(manifest.path, number)
        if gem := _GEM.match(line):
            gems.setdefault(gem[1], place)
        elif ruby := _RUBY.match(line):
            yield Finding(("languages", NAME, "version"), ruby[1], place)
    yield from TOOLS.find(NAME, gems, gems.__getitem__)
    yield from _commands(package, gems)


def _commands(package: Package, gems: dict[str, Place]) -> Iterator[Finding]:
    yield Finding(("commands", "install"), "bundle install", package.place("Gemfile"))
    rails = gems.get("rails")
    if rspec := gems.get("rspec-rails") or gems.get("rspec"):
        yield Finding(("commands", "test"), "bundle exec rspec", rspec)
    elif rails and package.has_folder("test"):
        yield Finding(("commands", "test"), "bin/rails test", rails)
    if rails:
        run = "bin/dev" if package.has("bin/dev") else "bin/rails server"
        place = package.place("bin/dev") if package.has("bin/dev") else rails
        yield Finding(("commands", "run"), run, place)
        yield Finding(("commands", "migrate"), "bin/rails db:migrate", rails)
    if rubocop := gems.get("rubocop") or gems.get("rubocop-rails-omakase"):
        yield Finding(("commands", "lint"), "bundle exec rubocop", rubocop)
        yield Finding(("commands", "format"), "bundle exec rubocop --autocorrect", rubocop)
