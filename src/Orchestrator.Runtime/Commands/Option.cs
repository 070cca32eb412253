namespace Orchestrator.Runtime.Commands;

/// <summary>One flag of a command.</summary>
/// <param name="Name">Long, without dashes.</param>
/// <param name="Value">What it takes, as FILE; null: it is a switch.</param>
/// <param name="Short">Its one-letter form.</param>
internal sealed record Option(string Name, string? Value, string Help, string? Short = null)
{
    public string Usage =>
        (Short is null ? "    " : $"-{Short}, ") + $"--{Name}" + (Value is null ? "" : $" {Value}");
}
