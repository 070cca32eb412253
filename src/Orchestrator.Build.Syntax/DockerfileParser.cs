using System.Text;
using Orchestrator.Build.Syntax.Parsing;

namespace Orchestrator.Build.Syntax;

/// <summary>Reads Dockerfiles. Pure: the same text gives the same tree, and no file is opened.</summary>
/// <remarks>Every method throws <see cref="DockerfileException"/> for what docker refuses, and nothing else.</remarks>
public static class DockerfileParser
{
    /// <param name="content">UTF-8, with or without a byte order mark.</param>
    public static Dockerfile Parse(ReadOnlySpan<byte> content) => Parse(Encoding.UTF8.GetString(content));

    public static Dockerfile Parse(string text)
    {
        var reader = new LineReader(text);
        var tree = new TreeBuilder();
        while (reader.Next() is { } line) tree.Add(InstructionParser.Parse(line));
        return tree.ToDockerfile(reader);
    }

    /// <summary>
    /// One instruction on its own, such as an image's ONBUILD trigger or a change given to <c>commit</c>; its heredocs
    /// stand on the lines after it.
    /// </summary>
    public static Instruction ParseInstruction(string text, char escape = '\\')
    {
        var reader = new LineReader(text, escape);
        if (reader.Next() is not { } line)
            throw new DockerfileException("file with no instructions", new Position(1, 1));
        return InstructionParser.Parse(line);
    }
}
