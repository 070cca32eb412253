using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>The grammar of <c>-o</c>: a folder, <c>-</c>, or <c>type=…,dest=…,name=…,push=true</c>.</summary>
/// <param name="Type">local, tar, oci, docker, image or registry.</param>
/// <param name="Destination">A path; <c>-</c>: standard output; empty: none.</param>
/// <param name="Names">Names to give the image.</param>
internal sealed record OutputSpec(string Type, string Destination, string[] Names, bool Push)
{
    public static string Check(string text)
    {
        Parse(text);
        return text;
    }

    /// <exception cref="FormatException">Docker's words.</exception>
    public static OutputSpec Parse(string text)
    {
        if (text == "-") return new OutputSpec("tar", "-", [], Push: false);
        if (!text.Contains('=', StringComparison.Ordinal)) return new OutputSpec("local", text, [], Push: false);
        var (type, destination, name, push) = ("", "", "", false);
        foreach (var (key, given) in CsvFields.Parse(text))
        {
            var value = given ?? (key == "push" ? "true" : throw new FormatException($"invalid value {key}"));
            if (key == "type") type = value;
            else if (key is "dest" or "destination") destination = value;
            else if (key == "name") name = value;
            else if (key == "push") push = value is "true" or "1";
        }
        return new OutputSpec(type, destination, name.Split(',', StringSplitOptions.RemoveEmptyEntries), push).Checked();
    }

    /// <summary>All that a command line asks for.</summary>
    /// <param name="push"><c>--push</c>.</param>
    /// <param name="tags">The names that are pushed where an output has none of its own.</param>
    public static List<OutputSpec> All(IEnumerable<string> texts, bool push, IReadOnlyList<string> tags)
    {
        var outputs = texts.Select(Parse).ToList();
        if (push) outputs.Add(new OutputSpec("registry", "", [], Push: true));
        if (outputs.Exists(output => output.Push && output.Names.Length == 0) && tags.Count == 0)
            throw new CliException("tag is needed when pushing to registry: name the image with -t");
        return outputs.ConvertAll(output => output.Names.Length > 0 ? output : output with { Names = [.. tags] });
    }

    private OutputSpec Checked() => Type switch
    {
        "" => throw new FormatException("type is required for output"),
        "local" or "tar" or "oci" when Destination.Length == 0 =>
            throw new FormatException($"dest is required for {Type} output: write type={Type},dest=PATH"),
        "local" or "tar" or "oci" or "docker" or "image" => this,
        "registry" => this with { Push = true },
        _ => throw new FormatException($"invalid output type: {Type}"),
    };
}
