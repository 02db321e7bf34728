"""The organisation's registers: transfers out of the EEA, record of processing, processors, entities, exit plans."""
