namespace Orchestrator.Cli.Parsing;

/// <summary>
/// A list that a create gives whole (<c>--env</c>) and an update edits (<c>--env-add</c>, <c>--env-rm</c>).
/// </summary>
internal sealed class ListEdit
{
    private readonly ListFlag _add;
    private readonly ListFlag? _remove;

    /// <param name="check">Refuses a bad value with a FormatException.</param>
    /// <param name="shorthand">On create only.</param>
    public ListEdit(
        FlagSet flags, bool isUpdate, string name, char? shorthand, string help, string typeName = "list",
        Action<string>? check = null)
    {
        Func<string, string>? verified = check is null ? null : text =>
        {
            check(text);
            return text;
        };
        _add = isUpdate
            ? flags.List(name + "-add", null, "Add: " + help, typeName, verified)
            : flags.List(name, shorthand, help, typeName, verified);
        _remove = isUpdate ? flags.List(name + "-rm", null, "Remove: " + help) : null;
    }

    public bool IsSet => _add.IsSet || _remove?.IsSet == true;

    public IReadOnlyList<string> Added => _add.Values;

    public IReadOnlyList<string> Removed => _remove?.Values ?? [];

    /// <summary>
    /// The list after the edit; an added element replaces the one with its key. Null when it is empty.
    /// </summary>
    public T[]? Apply<T>(IEnumerable<T>? current, Func<string, IEnumerable<T>> parse, Func<T, string> key)
    {
        if (!IsSet) return current?.ToArray();
        var added = Added.SelectMany(parse).ToList();
        var gone = Removed.Concat(added.Select(key)).ToHashSet(StringComparer.Ordinal);
        T[] result = [.. (current ?? []).Where(item => !gone.Contains(key(item))), .. added];
        return result.Length == 0 ? null : result;
    }

    public string[]? Apply(IEnumerable<string>? current, Func<string, string>? key = null) =>
        Apply(current, static text => [text], key ?? (static text => text));

    public Dictionary<string, string>? Apply(Dictionary<string, string>? current)
    {
        if (!IsSet) return current;
        var map = new Dictionary<string, string>(current ?? [], StringComparer.Ordinal);
        foreach (var key in Removed) map.Remove(key);
        foreach (var (key, value) in KeyValues.ToMap(Added) ?? []) map[key] = value;
        return map;
    }
}
