defmodule Harbor.MixProject do
  use Mix.Project

  def project do
    [app: :harbor, version: "0.3.0", deps: deps()]
  end

  defp deps do
    [
      {:phoenix, "~> 1.7"},
      {:ecto_sql, "~> 3.10"},
      {:credo, "~> 1.7", only: [:dev, :test]}
    ]
  end
end
