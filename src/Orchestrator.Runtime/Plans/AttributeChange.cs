namespace Orchestrator.Runtime.Plans;

/// <summary>MOUNT_ATTR_* to set and to clear, as mount_setattr(2) takes them.</summary>
internal readonly record struct AttributeChange(long Set, long Clear)
{
    public const long ReadOnly = 1, NoSuid = 2, NoDev = 4, NoExec = 8, NoAtime = 0x10, StrictAtime = 0x20;
    public const long AccessTime = 0x70, NoDirAtime = 0x80, NoSymFollow = 0x200000;

    public bool IsNone => Set == 0 && Clear == 0;

    public static AttributeChange On(long attribute) => new(attribute, 0);

    public static AttributeChange Off(long attribute) => new(0, attribute);

    /// <summary>The ways of access time are one field: to set one is to clear the field first.</summary>
    public static AttributeChange Time(long way) => new(way, AccessTime);

    /// <summary>With a later change on top.</summary>
    public AttributeChange Then(AttributeChange later) =>
        new((Set & ~later.Clear) | later.Set, (Clear & ~later.Set) | later.Clear);
}
