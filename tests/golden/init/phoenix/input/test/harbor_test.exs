defmodule HarborTest do
