using System.Globalization;
using Orchestrator.Build.Syntax.Parsing;

namespace Orchestrator.Build.Syntax;

public sealed partial record RunMount
{
    private static readonly string[] Keys =
    [
        "type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid", "gid",
        "src", "dst", "destination", "ro", "rw", "readwrite", "env",
    ];

    /// <param name="text">What <c>--mount=</c> was given: <c>key=value</c> fields, as one line of CSV.</param>
    /// <param name="expand">Replaces the variables of one value.</param>
    /// <exception cref="DockerfileException">A mount that makes no sense, in docker's words.</exception>
    public static RunMount Parse(string text, Func<string, string> expand, Position position)
    {
        try
        {
            var fields = CsvLine.Split(text);
            bool? readOnly = null;
            CacheSharing? sharing = null;
            var mount = fields.Aggregate(
                new RunMount(), (mount, field) => mount.With(field, expand, ref readOnly, ref sharing));
            mount.Check(sharing);
            var writable = mount.Type is RunMountType.Cache or RunMountType.Tmpfs;
            return mount with { ReadOnly = readOnly ?? !writable, Sharing = sharing ?? CacheSharing.Shared };
        }
        catch (FormatException fault)
        {
            throw new DockerfileException(fault.Message, position);
        }
    }

    private RunMount With(string field, Func<string, string> expand, ref bool? readOnly, ref CacheSharing? sharing)
    {
        var equals = field.IndexOf('=', StringComparison.Ordinal);
        var key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
        var isSwitch = key is "readonly" or "ro" or "readwrite" or "rw" or "required";
        if (equals < 0 && !isSwitch) throw new FormatException($"invalid field '{field}' must be a key=value pair");

        var written = equals < 0 ? "true" : field[(equals + 1)..];
        if (key == "from" && written.AsSpan().TrimEnd('$').Contains('$'))
            throw new FormatException("'from' doesn't support variable expansion, define alias stage instead");
        var value = expand(written);
        switch (key)
        {
            case "readonly" or "ro":
                readOnly = Switch(key, value);
                return this;
            case "readwrite" or "rw":
                readOnly = !Switch(key, value);
                return this;
            case "sharing":
                sharing = SharingOf(value);
                return this;
            default:
                return WithValue(key, value, field);
        }
    }

    private RunMount WithValue(string key, string value, string field) => key switch
    {
        "type" => this with { Type = TypeOf(value) },
        "from" => this with { From = value },
        "source" or "src" => this with { Source = value },
        "target" or "dst" or "destination" => this with { Target = value },
        "id" => this with { Id = value },
        "env" => this with { Env = value },
        "required" when Type is RunMountType.Secret or RunMountType.Ssh => this with { Required = Switch(key, value) },
        "size" when Type is RunMountType.Tmpfs => this with { SizeBytes = ByteCount.Parse(value)
            ?? throw new FormatException($"invalid value for {key}: {value}") },
        "required" or "size" => throw new FormatException($"unexpected key '{key}' for mount type '{Word(Type)}'"),
        "mode" => this with { Mode = ModeOf(value) },
        "uid" => this with { Uid = IdOf(key, value) },
        "gid" => this with { Gid = IdOf(key, value) },
        _ => throw new FormatException($"unexpected key '{key}' in '{field}'" + Suggestion.For(key, Keys)),
    };

    private void Check(CacheSharing? sharing)
    {
        if (Type is RunMountType.Bind or RunMountType.Tmpfs)
        {
            var owner = Mode is not null ? "mode" : Uid is not null ? "uid" : Gid is not null ? "gid" : null;
            if (owner is not null) throw new FormatException($"{owner} not allowed for \"{Word(Type)}\" type mounts");
        }
        if (Type is RunMountType.Secret) CheckSecret(sharing);
        if (sharing is not null && Type is not RunMountType.Cache)
            throw new FormatException($"invalid cache sharing set for {Word(Type)} mount");
    }

    private void CheckSecret(CacheSharing? sharing)
    {
        if (From is { Length: > 0 }) throw new FormatException("secret mount should not have a from");
        if (sharing is not null) throw new FormatException("secret mount should not define sharing");
        var hasSource = !string.IsNullOrEmpty(Source);
        if (!hasSource && string.IsNullOrEmpty(Target) && string.IsNullOrEmpty(Id))
            throw new FormatException("invalid secret mount. one of source, target required");
        if (hasSource && !string.IsNullOrEmpty(Id)) throw new FormatException("both source and id can't be set");
    }

    private static RunMountType TypeOf(string value)
    {
        foreach (var type in Enum.GetValues<RunMountType>())
            if (Word(type).Equals(value, StringComparison.OrdinalIgnoreCase)) return type;
        var known = Enum.GetValues<RunMountType>().Select(Word);
        throw new FormatException($"unsupported mount type \"{value}\"" + Suggestion.For(value, known));
    }

    private static CacheSharing SharingOf(string value) => value.ToLowerInvariant() switch
    {
        "shared" => CacheSharing.Shared,
        "private" => CacheSharing.Private,
        "locked" => CacheSharing.Locked,
        _ => throw new FormatException(
            $"unsupported sharing value \"{value}\"" + Suggestion.For(value, ["shared", "private", "locked"])),
    };

    // As Go's strconv.ParseBool.
    private static bool Switch(string key, string value) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"invalid value for {key}: {value}"),
    };

    private static uint ModeOf(string value)
    {
        var digits = value.Length is > 0 and <= 11 && value.All(c => c is >= '0' and <= '7');
        var mode = digits ? Convert.ToUInt64(value, 8) : ulong.MaxValue;
        return mode <= uint.MaxValue ? (uint)mode : throw new FormatException($"invalid value {value} for mode");
    }

    private static uint IdOf(string key, string value) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id : throw new FormatException($"invalid value {value} for {key}");

    private static string Word(RunMountType type) => type switch
    {
        RunMountType.Bind => "bind",
        RunMountType.Cache => "cache",
        RunMountType.Tmpfs => "tmpfs",
        RunMountType.Secret => "secret",
        _ => "ssh",
    };
}
