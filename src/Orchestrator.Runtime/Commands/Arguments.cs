using System.Globalization;

namespace Orchestrator.Runtime.Commands;

/// <summary>Options (<c>--name value</c>, <c>--name=value</c>, switches) first, then words.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> options = [];
    private readonly List<(string Name, string Value)> all = [];

    private Arguments(IReadOnlyList<string> words) => Words = words;

    public IReadOnlyList<string> Words { get; private set; }

    /// <param name="switches">Options that take no value.</param>
    /// <param name="known">Options that take one.</param>
    public static Arguments Parse(ReadOnlySpan<string> args, string[] switches, string[] known) =>
        Parse(args, [.. switches.Select(s => new Option(s, null, "")), .. known.Select(k => new Option(k, "VALUE", ""))]);

    /// <exception cref="RuntimeException">Exit code 2: a flag is unknown, or lacks its value.</exception>
    public static Arguments Parse(ReadOnlySpan<string> args, params IReadOnlyList<Option> options)
    {
        var result = new Arguments([]);
        var i = 0;
        for (; i < args.Length && args[i].StartsWith('-') && args[i] != "-"; i++)
        {
            if (args[i] == "--")
            {
                i++;
                break;
            }

            var name = args[i].TrimStart('-');
            var equals = name.IndexOf('=', StringComparison.Ordinal);
            var value = equals >= 0 ? name[(equals + 1)..] : null;
            name = equals >= 0 ? name[..equals] : name;
            var option = options.FirstOrDefault(o => o.Name == name || o.Short == name)
                ?? throw new RuntimeException($"unknown flag: {args[i]}; see orch-runtime --help", 2);
            if (option.Value is null)
                result.Add(option.Name, value ?? "true");
            else
                result.Add(
                    option.Name, value ?? (++i < args.Length ? args[i]
                    : throw new RuntimeException($"flag needs an argument: --{name}", 2)));
        }

        result.Words = args[i..].ToArray();
        return result;
    }

    public string? this[string name] => options.GetValueOrDefault(name);

    public bool Has(string name) => options.TryGetValue(name, out var value) && value is not ("false" or "0");

    public IEnumerable<string> Every(string name)
    {
        foreach (var (option, value) in all)
        {
            if (option == name)
                yield return value;
        }
    }

    public string Need(string name) =>
        this[name] ?? throw new RuntimeException($"--{name} is required; see orch-runtime --help", 2);

    /// <summary>A whole number, or null if the flag was not given.</summary>
    public long? Number(string name) =>
        this[name] is not { } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new RuntimeException($"--{name} \"{text}\" is not a number", 2);

    /// <summary>The container's id: the first word.</summary>
    public string Id()
    {
        if (Words.Count == 0 || Words[0].Length == 0)
            throw new RuntimeException("a container id is required; see orch-runtime --help", 2);
        var id = Words[0];
        return id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '+') && id is not ("." or "..")
            ? id
            : throw new RuntimeException($"container id \"{id}\" has characters other than [a-zA-Z0-9_.+-]");
    }

    private void Add(string name, string value)
    {
        options[name] = value;
        all.Add((name, value));
    }
}
