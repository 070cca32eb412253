using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Volumes;

internal sealed class VolumeCreate : Command
{
    private readonly ValueFlag<string> _driver;
    private readonly ListFlag _labels;
    private readonly ListFlag _options;

    public VolumeCreate()
    {
        _driver = Flags.String("driver", 'd', "Driver of the volume", "local");
        _labels = Flags.List("label", null, "Label, key=value");
        _options = Flags.List("opt", 'o', "Option of the driver, key=value", "map");
    }

    public override string Usage => "[OPTIONS] [VOLUME]";

    public override Arity Arity => Arity.AtMost(1);

    public override int Run(Session session, List<string> args)
    {
        var request = new VolumeCreateRequest
        {
            Name = args.Count > 0 ? args[0] : null,
            Driver = _driver.Value,
            DriverOpts = KeyValues.ToMap(_options.Values),
            Labels = KeyValues.ToMap(_labels.Values),
        };
        var volume = session.Client.Post(
            "/volumes/create", request, ApiJson.Wire.VolumeCreateRequest, ApiJson.Wire.Volume);
        session.Out.WriteLine(volume.Name);
        return 0;
    }
}
