using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

internal sealed class ImageSave : Command
{
    private readonly ValueFlag<string> _output;

    public ImageSave() => _output = Flags.String("output", 'o', "Archive to write, in place of stdout");

    public override string Usage => "[OPTIONS] IMAGE [IMAGE...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override string[] Examples => ["orch save -o web.tar web:1 web:2"];

    public override int Run(Session session, List<string> args)
    {
        if (_output.Value.Length == 0 && session.OutputIsTerminal)
            throw new CliException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        var query = new Query();
        foreach (var name in args) query.Add("names", name);
        using var response = session.Client.Send("GET", $"/images/get{query}");
        if (_output.Value.Length == 0) response.Body.CopyTo(session.RawOutput);
        else Save(response.Body, _output.Value);
        return 0;
    }

    /// <summary>Under another name until it is whole: a broken transfer leaves no half archive.</summary>
    private static void Save(Stream body, string path)
    {
        var partial = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (var file = File.Create(partial)) body.CopyTo(file);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(partial);
            throw new CliException($"failed to save image to {path}: {e.Message}", e);
        }
    }
}
