namespace Orchestrator.Cli.Parsing;

/// <summary>The flags of one command, and the reading of a command line by them.</summary>
/// <remarks>
/// The rules are those of GNU and of pflag: <c>--name value</c>, <c>--name=value</c>, <c>-n value</c>, <c>-nvalue</c>,
/// <c>-n=value</c>, bundles of switches (<c>-it</c>), and <c>--</c> ends the flags. A switch never takes the next word.
/// </remarks>
internal sealed class FlagSet
{
    private readonly Dictionary<string, Flag> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<char, Flag> _byShorthand = [];

    public IEnumerable<Flag> All => _byName.Values;

    public bool IsEmpty => _byName.Count == 0;

    public T Add<T>(T flag) where T : Flag
    {
        _byName.Add(flag.Name, flag);
        if (flag.Shorthand is { } c) _byShorthand.Add(c, flag);
        return flag;
    }

    /// <summary>Sets the flags found and returns the rest.</summary>
    /// <param name="interspersed">False: the first word that is no flag ends the flags, as after an image.</param>
    /// <exception cref="UsageException">An unknown flag, a missing or a bad value.</exception>
    public List<string> Parse(IReadOnlyList<string> words, bool interspersed)
    {
        var rest = new List<string>();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--")
            {
                rest.AddRange(words.Skip(i + 1));
                break;
            }
            if (word.StartsWith("--", StringComparison.Ordinal)) ParseLong(word, words, ref i);
            else if (word.Length > 1 && word[0] == '-') ParseShort(word, words, ref i);
            else if (interspersed) rest.Add(word);
            else
            {
                rest.AddRange(words.Skip(i));
                break;
            }
        }
        return rest;
    }

    private void ParseLong(string word, IReadOnlyList<string> words, ref int i)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word[2..] : word[2..equals];
        if (name.Length == 0 || name[0] == '-') throw new UsageException($"bad flag syntax: {word}", 125);
        if (!_byName.TryGetValue(name, out var flag)) throw new UsageException(
            $"unknown flag: --{name}"
            + (Commands.Suggestion.For(name, _byName.Keys) is { } meant ? $". Did you mean --{meant}?" : ""), 125);

        if (equals >= 0) Set(flag, word[(equals + 1)..]);
        else if (flag.ValueIfBare is { } bare) Set(flag, bare);
        else if (i + 1 < words.Count) Set(flag, words[++i]);
        else throw new UsageException($"flag needs an argument: --{name}", 125);
    }

    private void ParseShort(string word, IReadOnlyList<string> words, ref int i)
    {
        for (var at = 1; at < word.Length; at++)
        {
            if (!_byShorthand.TryGetValue(word[at], out var flag))
                throw new UsageException($"unknown shorthand flag: '{word[at]}' in -{word[at..]}", 125);

            var hasMore = at + 1 < word.Length;
            if (hasMore && word[at + 1] == '=') Set(flag, word[(at + 2)..]);
            else if (flag.ValueIfBare is { } bare)
            {
                Set(flag, bare);
                continue;
            }
            else if (hasMore) Set(flag, word[(at + 1)..]);
            else if (i + 1 < words.Count) Set(flag, words[++i]);
            else throw new UsageException($"flag needs an argument: '{word[at]}' in -{word[at..]}", 125);
            return;
        }
    }

    private static void Set(Flag flag, string text)
    {
        try
        {
            flag.Set(text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"invalid argument \"{text}\" for \"{flag}\" flag: {e.Message}", 125);
        }
    }
}
