import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { Icon } from '../components/icon.tsx';
import { useText } from '../text/use-text.ts';
import type { FrameFlowNode, LabFlowNode } from './flow-elements.ts';

/** Around everything that one host has, or around a block of machines. */
const Frame = memo(function Frame({ data }: NodeProps<FrameFlowNode>) {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className="lw-map-frame" translate="no">
        {data.host}
      </span>
    </>
  );
});

/** A host, an uplink, a network or a machine. Thousands of these are drawn: nothing in it is costly. */
const Lab = memo(function Lab({ data }: NodeProps<LabFlowNode>) {
  const { t } = useText();
  const { node, title, detail, isPlanned, isBroken } = data;
  const classes = [
    'lw-map-node',
    `is-${node.kind}`,
    isPlanned ? 'is-planned' : '',
    isBroken ? 'is-broken' : '',
    node.kind === 'network' && node.provisioning ? 'is-provisioning' : '',
    node.kind === 'machine' && node.owner === 'theirs' ? 'is-theirs' : '',
  ];
  return (
    <div className={classes.join(' ')}>
      {node.kind === 'host' ? null : (
        <Handle type="target" position={Position.Left} isConnectable={false} />
      )}
      <span className="lw-map-node__title">
        {node.kind === 'machine' ? (
          <span className={`lw-power is-${node.power}`}>
            <span className="lw-power__lamp" />
          </span>
        ) : null}
        {node.kind === 'host' ? <Icon name="hosts" /> : null}
        {isBroken ? <Icon name="drifted" /> : null}
        <span translate="no">{title}</span>
        {node.kind === 'network' && node.provisioning ? (
          <span className="lw-tag is-information">{t('map.provisioning')}</span>
        ) : null}
      </span>
      {detail === '' ? null : <span className="lw-map-node__detail">{detail}</span>}
      {node.kind === 'machine' ? null : (
        <Handle type="source" position={Position.Right} isConnectable={false} />
      )}
    </div>
  );
});

export const NODE_TYPES = { frame: Frame, lab: Lab };
