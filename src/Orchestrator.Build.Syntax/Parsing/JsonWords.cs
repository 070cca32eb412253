using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>The JSON form of arguments: <c>["word", "word"]</c>.</summary>
internal static class JsonWords
{
    /// <returns>Null where it is no JSON list, and so is a shell form.</returns>
    /// <exception cref="DockerfileException">A JSON list of other things than words.</exception>
    public static ImmutableArray<string>? Parse(InstructionText source, Token arguments)
    {
        if (!arguments.Text.StartsWith('[')) return null;
        var words = new List<string>();
        var onlyWords = true;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(arguments.Text));
            reader.Read();
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String) words.Add(reader.GetString()!);
                else if (reader.CurrentDepth > 0 || reader.TokenType != JsonTokenType.EndArray) onlyWords = false;
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
        return onlyWords ? [.. words] : throw source.Fault(
            arguments, "when using JSON array syntax, arrays must be comprised of strings only");
    }
}
