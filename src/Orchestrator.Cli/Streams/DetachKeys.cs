using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Streams;

/// <summary>Watches typed bytes for the sequence that leaves a container running and returns to the shell.</summary>
internal sealed class DetachKeys
{
    public const string Default = "ctrl-p,ctrl-q";

    private readonly byte[] _sequence;
    private int _matched;

    private DetachKeys(byte[] sequence) => _sequence = sequence;

    /// <param name="text">Keys parted by commas: a letter, or <c>ctrl-</c> and one of <c>a-z @ [ \ ] ^ _</c>.</param>
    /// <exception cref="CliException">A key is none of these.</exception>
    public static DetachKeys Parse(string text) =>
        new([.. (text.Length == 0 ? Default : text).Split(',').Select(key => ParseKey(key, text))]);

    public static ValueFlag<string> Flag(FlagSet flags) =>
        flags.String("detach-keys", null, $"Keys that detach (default \"{Default}\")");

    /// <summary>Those of the flag, else those of the user's config.json; empty: the default.</summary>
    public static string Chosen(Session session, ValueFlag<string> flag) =>
        flag.Value.Length > 0 ? flag.Value : session.Folder.File.Text("detachKeys");

    /// <summary>What attach and exec end with, so that a script sees it was not the program that ended; run and start
    /// take it for what was asked.</summary>
    public static CliException Typed() => new("read escape sequence");

    /// <summary>Takes what was typed; returns what is to be sent on, and whether the sequence is complete.</summary>
    /// <remarks>A begun sequence is held back, and sent after all once another key breaks it.</remarks>
    public (byte[] Send, bool Detached) Feed(ReadOnlySpan<byte> typed)
    {
        var send = new List<byte>(typed.Length);
        foreach (var key in typed)
        {
            if (key == _sequence[_matched])
            {
                if (++_matched == _sequence.Length) return ([.. send], true);
                continue;
            }
            send.AddRange(_sequence[.._matched]);
            _matched = key == _sequence[0] ? 1 : 0;
            if (_matched == 0) send.Add(key);
            else if (_sequence.Length == 1) return ([.. send], true);
        }
        return ([.. send], false);
    }

    private static byte ParseKey(string key, string whole)
    {
        if (key.Length == 1 && key[0] < 128) return (byte)key[0];
        if (key.StartsWith("ctrl-", StringComparison.OrdinalIgnoreCase) && key.Length == 6)
        {
            var c = char.ToUpperInvariant(key[5]);
            if (c is >= '@' and <= '_') return (byte)(c - '@');
        }
        throw new CliException(
            $"invalid detach keys ({whole}): write keys as a letter or ctrl-letter, parted by commas");
    }
}
