namespace BillionHearts.Messaging;

/// <summary>What happens to a message after its handler ran.</summary>
public enum Settlement
{
    /// <summary>Handled. Also when there was nothing to do: a duplicate, or an event about something that is gone.</summary>
    Ack,

    /// <summary>Can never be handled. Goes to the dead-letter queue, where a person can look at it.</summary>
    DeadLetter,

    /// <summary>Cannot be handled now. Returns to the queue after a delay that grows with each delivery, and goes to the dead-letter queue after 20.</summary>
    Requeue,
}
