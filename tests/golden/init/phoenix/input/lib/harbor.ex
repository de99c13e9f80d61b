defmodule Harbor do
