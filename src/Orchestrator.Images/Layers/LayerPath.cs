using Orchestrator.Images.Tar;

namespace Orchestrator.Images.Layers;

/// <summary>The name of a tar entry as steps from the root of the image.</summary>
internal static class LayerPath
{
    /// <summary>Before a name: a layer takes it away.</summary>
    public const string WhiteoutPrefix = ".wh.";

    /// <summary>In a folder: a layer hides all that lower ones have there.</summary>
    public const string OpaqueMark = ".wh..wh..opq";

    private const int MaxLength = 4095;
    private const int MaxStep = 255;

    /// <summary>
    /// Splits a name; empty for the root itself. A leading slash means the image's root, as in docker.
    /// </summary>
    /// <exception cref="TarException">It has <c>..</c>, or is longer than Linux can name.</exception>
    public static string[] Split(string name)
    {
        var steps = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").ToArray();
        if (steps.Contains(".."))
            throw new TarException($"the entry \"{Shown(name)}\" would leave the image: names must not have \"..\"");
        if (name.Length > MaxLength || steps.Any(s => System.Text.Encoding.UTF8.GetByteCount(s) > MaxStep))
            throw new TarException($"the entry \"{Shown(name)}\" has a longer name than Linux allows");
        return steps;
    }

    /// <summary>A foreign name fit for an error line.</summary>
    public static string Shown(string name) =>
        string.Concat((name.Length <= 100 ? name : name[..97] + "...").Select(c => char.IsControl(c) ? '?' : c));
}
