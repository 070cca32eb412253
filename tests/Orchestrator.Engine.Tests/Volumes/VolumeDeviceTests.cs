using Orchestrator.Engine.Volumes;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Engine.Tests.Volumes;

public sealed class VolumeDeviceTests
{
    [Fact]
    public void A_volume_without_options_is_no_device() =>
        Assert.Null(VolumeDevice.Parse(new Dictionary<string, string>()));

    [Fact]
    public void Words_that_the_kernel_has_flags_for_are_kept_from_the_file_system()
    {
        var device = VolumeDevice.Parse(new Dictionary<string, string>
        {
            ["type"] = "tmpfs", ["device"] = "tmpfs", ["o"] = "size=1m,ro,nosuid,uid=1000,rw,rslave",
        })!;

        Assert.Equal((MountFlags.NoSuid, "size=1m,uid=1000"), (device.Flags, device.Data));
        Assert.Equal(MountFlags.Slave | MountFlags.Recursive, device.Propagation);
    }

    [Theory]
    [InlineData("o=bind", "missing required option: \"type\"")]
    [InlineData("type=tmpfs", "missing required option: \"device\"")]
    [InlineData("colour=red", "invalid option: \"colour\"")]
    [InlineData("size=10m", "no quota support")]
    public void Options_that_make_no_mount_are_refused_by_name(string option, string words)
    {
        var (name, value) = (option.Split('=')[0], option.Split('=')[1]);

        var refusal = Assert.Throws<EngineException>(
            () => VolumeDevice.Parse(new Dictionary<string, string> { [name] = value }));

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }
}
