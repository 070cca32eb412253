using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Engine.Tests.Containers;

public sealed class AddressCheckTests
{
    [Theory]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("01:00:5e:00:00:01")]
    [InlineData("00:00:00:00:00:00")]
    public void A_hardware_address_of_no_single_interface_is_refused_before_the_container_is_made(string mac)
    {
        var refusal = Assert.Throws<EngineException>(
            () => AddressCheck.Check(new EndpointConfig { NetworkId = "app", Mac = mac }, "app"));

        Assert.Equal(
            $"invalid MAC address: {mac} is not one that an interface can have; write it as 02:42:ac:11:00:02, with an even first "
            + "byte", refusal.Message);
    }

    [Theory]
    [InlineData("02:42:ac:11:00:02")]
    [InlineData("00:00:00:00:00:01")]
    [InlineData(null)]
    public void One_that_an_interface_can_have_is_not(string? mac) =>
        AddressCheck.Check(new EndpointConfig { NetworkId = "app", Mac = mac }, "app");
}
