namespace Orchestrator.Daemon.Configuration;

/// <summary>What a setting's value looks like, on the command line and in the file.</summary>
internal enum SettingKind
{
    Text,
    Truth,
    Number,

    /// <summary>Bytes: a number, or one with k, m or g.</summary>
    Size,

    /// <summary>Repeatable; an array of strings in the file.</summary>
    List,

    /// <summary>Repeatable <c>key=value</c>; an object of strings in the file.</summary>
    Pairs,

    /// <summary>Repeatable <c>a=b,c=d</c>; an array of objects in the file.</summary>
    Records,

    /// <summary>As <see cref="Records"/>; an object of objects in the file, whose names are the flag's first word.
    /// </summary>
    Named,

    /// <summary>Repeatable <c>name=text</c>; an object of objects in the file, <c>name={…}</c> then.</summary>
    Objects,
}

/// <summary>One thing that can be set of orchd: dockerd's flag for it, dockerd's key in the file, what it sets.</summary>
/// <param name="Flag">Long name, without the dashes.</param>
/// <param name="Key">Name in the configuration file; empty: it is of the command line alone.</param>
/// <param name="Help">One line; empty: not listed, for old spellings.</param>
/// <param name="Apply">Given all values, of which the last counts where there can be one only.</param>
internal sealed record Setting(
    string Flag,
    string Key,
    SettingKind Kind,
    string Help,
    Func<DaemonOptions, IReadOnlyList<string>, DaemonOptions> Apply)
{
    public char? Letter { get; init; }

    /// <summary>Taken up anew by a running daemon at SIGHUP, as dockerd does.</summary>
    public bool Reloads { get; init; }
}
