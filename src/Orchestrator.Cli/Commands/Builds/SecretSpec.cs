using System.Text;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>The grammar of <c>--secret</c>: <c>id=NAME[,src=PATH|,env=VARIABLE][,type=file|env]</c>.</summary>
internal sealed record SecretSpec(string Id, string Path, string Variable)
{
    public static string Check(string text)
    {
        Parse(text);
        return text;
    }

    /// <exception cref="FormatException">Docker's words.</exception>
    public static SecretSpec Parse(string text)
    {
        var (id, path, variable, type) = ("", "", "", "");
        foreach (var (key, given) in CsvFields.Parse(text))
        {
            var value = given ?? throw new FormatException($"invalid field '{key}' must be a key=value pair");
            _ = key switch
            {
                "id" => id = value,
                "src" or "source" => path = value,
                "env" => variable = value,
                "type" when value is "file" or "env" => type = value,
                "type" => throw new FormatException($"unsupported secret type \"{value}\""),
                _ => throw new FormatException($"unexpected key '{key}' in '{key}={value}'"),
            };
        }
        if (id.Length == 0) throw new FormatException("invalid secret: id is missing, write id=NAME");
        if (type == "env" && variable.Length == 0) (variable, path) = (path.Length > 0 ? path : id, "");
        return new SecretSpec(id, path, variable);
    }

    /// <summary>With neither a path nor a variable: the variable of its name, else the file.</summary>
    /// <exception cref="CliException">There is no such file or variable.</exception>
    public byte[] Read(Session session)
    {
        var variable = Variable.Length > 0 || Path.Length > 0 ? Variable : session.Environment(Id) is null ? "" : Id;
        if (variable.Length > 0)
        {
            return Encoding.UTF8.GetBytes(session.Environment(variable)
                ?? throw new CliException($"secret {Id}: the variable {variable} is not set"));
        }
        var path = Path.Length > 0 ? Path : Id;
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                $"failed to stat {path}: {(File.Exists(path) ? e.Message : "no such file or directory")} (secret {Id})", e);
        }
    }
}
